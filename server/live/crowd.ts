import type { Session } from '../auth/session';
import { ask, type Asked, isWatching, judge, seesSome, type State } from './targets';

/** News of one tick. A page that is to hear of more, as when hundreds are turned away at once, loads its data again. */
export const MOST_NEWS = 100;

/** Keys of one question. */
const PART = 5000;

/**
 * Which of these keys a session may hear of: those that it sees, of who sees some only. It need not be asked for more
 * than `enough`.
 */
export async function seenOf(
  state: State,
  session: Session,
  { keys, enough }: { keys: ReadonlySet<string>; enough: number },
): Promise<ReadonlySet<string>> {
  if (!seesSome(state, { session })) return keys;
  const [all, seen] = [[...keys], new Set<string>()];
  for (let i = 0; i < all.length && seen.size < enough; i += PART)
    for (const key of await state.source.visibleTo(session, all.slice(i, i + PART))) seen.add(key);
  return seen;
}

/**
 * Too many at once are no news to anybody: a page is told to look for itself. For a page that sees some keys only those
 * count that it sees: what happens to the others would else be told by that.
 */
export async function boundNews(state: State): Promise<void> {
  const { reading, newsReaders } = state;
  const moved = [...reading].filter(([, { isMoved }]) => isMoved === 'to all');
  const news = [...reading].filter(([, { isNews }]) => isNews);
  const [isMove, isCrowd] = [moved.length > MOST_NEWS, news.length > MOST_NEWS];
  if (!isMove && !isCrowd) return;
  const crowd = [...new Set([...(isMove ? moved : []), ...(isCrowd ? news : [])].map(([key]) => key))];
  const asked: Asked = new Map();
  for (const page of newsReaders) if (seesSome(state, page)) ask(asked, page, crowd);
  const sees = await judge(state, asked);
  if (isMove) for (const [, wanted] of moved) wanted.isMoved = 'to watchers';
  if (isCrowd) for (const [, wanted] of news) wanted.isNews = false;
  for (const page of newsReaders) {
    if (!seesSome(state, page)) {
      if (isCrowd) page.tellTooLate();
      continue;
    }
    const seen = crowd.filter((key) => !isWatching(state, key, page) && sees(page, key));
    if (seen.length > MOST_NEWS) page.tellTooLate();
    else for (const key of seen) reading.get(key)!.pages.add(page);
  }
}
