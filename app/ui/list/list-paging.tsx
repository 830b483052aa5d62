import { Link, NavigationType, useLocation, useNavigationType, useSearchParams } from '@remix-run/react';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { buttonClass } from '../button';
import { changeList, listAddress } from './list-address';

const never = () => () => {};

interface Props {
  nextCursor: string | null;
  /** Of the cursor in the address, on a page with several lists. */
  name?: string;
  label?: string;
}

/**
 * Next and Previous. A cursor only leads on, so the addresses of the pages before travel along in the history entry;
 * a page that was opened by its address alone knows the first page and no other.
 */
export function ListPaging({ nextCursor, name = 'cursor', label }: Props) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const location = useLocation();
  // The history is the browser's alone, and after a reload it still has them: the page must hydrate as the server made
  // it.
  const trail = useSyncExternalStore<unknown>(
    never,
    () => location.state,
    () => null,
  );
  const before = readTrail(trail);
  const page = (cursor?: string) => listAddress(location.pathname, changeList(params, { [name]: cursor }));
  const isFirst = !params.has(name);
  const nav = useFocusOnTurnedPage(params.get(name));
  if (isFirst && !nextCursor) return null;
  return (
    <nav ref={nav} aria-label={label ?? t('list.paging')} className="flex gap-2 pt-2">
      {!isFirst && (
        <Link
          to={before.at(-1) ?? page()}
          state={{ before: before.slice(0, -1) }}
          rel="prev"
          className={buttonClass('quiet')}
        >
          {before.length > 0 ? t('list.previous') : t('list.first')}
        </Link>
      )}
      {nextCursor && (
        <Link
          to={page(nextCursor)}
          state={{ before: [...before, location.pathname + location.search] }}
          rel="next"
          className={buttonClass('quiet')}
        >
          {t('list.next')}
        </Link>
      )}
    </nav>
  );
}

/**
 * Another page begins at its top, and so does who reads on by keyboard or ear: not below it, at the link they pressed.
 */
function useFocusOnTurnedPage(cursor: string | null) {
  const nav = useRef<HTMLElement>(null);
  const navigationType = useNavigationType();
  const shown = useRef(cursor);
  useEffect(() => {
    if (shown.current === cursor) return;
    shown.current = cursor;
    // Back scrolls to where one was, and a filter keeps the focus. The link may be gone: the last page has no next one.
    const isTurned = document.activeElement === document.body || nav.current?.contains(document.activeElement);
    if (navigationType !== NavigationType.Push || !isTurned) return;
    const heading = nav.current?.closest('section, main')?.querySelector<HTMLElement>('h1, h2');
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus();
  }, [cursor, navigationType]);
  return nav;
}

function readTrail(state: unknown): string[] {
  if (typeof state !== 'object' || state === null || !('before' in state) || !Array.isArray(state.before)) return [];
  return state.before.filter((address): address is string => typeof address === 'string');
}
