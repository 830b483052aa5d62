import { useLocation, useNavigation } from '@remix-run/react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { areWordsOutdated, hasWords, loadWords } from './load-words';

/** The visits of pages whose words did not come. */
const failed = new Set<string>();

/**
 * Waits for the words of the page: a visit of a page is a transition of React's, which leaves the page before it where
 * it is until nothing waits any more.
 *
 * @returns whether they are here; if not, they did not come
 */
export function usePageWords(): boolean {
  const { i18n } = useTranslation();
  const { key, pathname } = useLocation();
  const { language } = i18n;
  // The server has the words of all pages.
  if (import.meta.env.SSR || hasWords(language, pathname)) return true;
  const visit = `${key} ${language}`;
  if (failed.has(visit)) return false;
  // React 18 takes a promise that way, and no other.
  throw loadWords(i18n, language, pathname).then((areHere) => {
    if (areHere) return;
    failed.add(visit);
    if (areWordsOutdated()) window.location.reload();
  });
}

/**
 * Asks for the words of a page when its link is pointed at or has the focus, and at the latest when it is gone to: at
 * the same time as its scripts and its data.
 */
export function useWordsAhead(): void {
  const { i18n } = useTranslation();
  const next = useNavigation().location?.pathname;
  useEffect(() => {
    if (next) void loadWords(i18n, i18n.language, next);
  }, [i18n, next]);
  useEffect(() => {
    function onIntent({ target }: Event) {
      const link = target instanceof Element && target.closest<HTMLAnchorElement>('a[href]');
      if (link && link.origin === window.location.origin) void loadWords(i18n, i18n.language, link.pathname);
    }
    for (const name of INTENTS) document.addEventListener(name, onIntent);
    return () => INTENTS.forEach((name) => document.removeEventListener(name, onIntent));
  }, [i18n]);
}

const INTENTS = ['pointerover', 'focusin'];
