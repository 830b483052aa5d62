import type { InitOptions } from 'i18next';
import { isolate } from '../../words/isolate';
import { numberFormat } from '../ui/figures/formatters';

/**
 * Every language there is a `public/locales/<code>/translation.json` for, as BCP 47; in the folder's name `-` is `_`. A
 * new language is that file and a line here.
 */
export const languages = [
  'en',
  'ar',
  'de',
  'es',
  'fr',
  'hi',
  'it',
  'ja',
  'ko',
  'nl',
  'pt',
  'ru',
  'zh-CN',
  'zh-TW',
] as const;

const FALLBACK = 'en';

/** The words of a language that are not all there come from English, which must then be there, too. */
export const fallbackOf = (language: string) =>
  (import.meta.env.PARTIAL_LANGUAGES ?? []).includes(language) ? [FALLBACK] : [];

/** For a text that is nowhere: a page that is short of a word says that, and no key. */
function standIn(key: string, given: string | undefined): string {
  if (given === undefined) console.error(`there are no words for ${key}`);
  return given ?? '…';
}

/** What the two ends must agree on, or the page that arrives is not the page that hydrates. */
export const i18nOptions = {
  supportedLngs: [...languages],
  load: 'currentOnly',
  fallbackLng: fallbackOf,
  defaultNS: 'translation',
  ns: ['translation'],
  interpolation: {
    // React escapes markup; doing so here as well would show `&amp;` in a host's name. A direction is not markup.
    escapeValue: true,
    escape: isolate,
    alwaysFormat: true,
    // A number is an amount. What is a name (a port, a line, a version) is given as a text.
    format: (value: unknown, _format, language) =>
      typeof value === 'number' ? numberFormat(language ?? FALLBACK, {}).format(value) : (value as string),
  },
  parseMissingKeyHandler: standIn,
  react: { useSuspense: false },
} satisfies InitOptions;

/** A language as its own speakers write it; of one that is written in several ways, which. */
export function ownName(language: string): string {
  const { language: spoken, script } = new Intl.Locale(language).maximize();
  const named = language.includes('-') ? `${spoken}-${script}` : language;
  return new Intl.DisplayNames([language], { type: 'language' }).of(named) ?? language;
}
