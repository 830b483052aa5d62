import type { Session } from '../auth/session';
import type { HubPage } from './page';
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
  const seenBy = await seenByEach(state, crowd);
  if (isMove) for (const [, wanted] of moved) wanted.isMoved = 'to watchers';
  if (isCrowd) for (const [, wanted] of news) wanted.isNews = false;
  for (const page of newsReaders) {
    if (!seesSome(state, page)) {
      if (isCrowd) page.tellTooLate();
      continue;
    }
    const seen = seenBy.get(page) ?? [];
    if (seen.length > MOST_NEWS) page.tellTooLate();
    else for (const key of seen) reading.get(key)!.pages.add(page);
  }
}

/** What of a crowd is news to each page that sees some keys only; of what is more than is told one by one, not all. */
async function seenByEach(state: State, crowd: readonly string[]): Promise<ReadonlyMap<HubPage, readonly string[]>> {
  const seenBy = new Map<HubPage, string[]>();
  for (const page of state.newsReaders) if (seesSome(state, page)) seenBy.set(page, []);
  for (let i = 0; i < crowd.length; i += MOST_NEWS + 1) {
    const part = crowd.slice(i, i + MOST_NEWS + 1);
    const open = [...seenBy].filter(([, seen]) => seen.length <= MOST_NEWS);
    const asked: Asked = new Map();
    for (const [page] of open) ask(asked, page, part);
    const sees = await judge(state, asked);
    for (const [page, seen] of open)
      seen.push(...part.filter((key) => !isWatching(state, key, page) && sees(page, key)));
  }
  return seenBy;
}
