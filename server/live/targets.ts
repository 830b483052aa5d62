import type { Session } from '../auth/session';
import type { ChangeLog } from './changes';
import type { HubPage } from './page';
import type { Source } from './topic';

/** A key whose value has to be read, and for whom. */
export interface Wanted {
  /** The oldest change that it stands for: until it is told, no cursor may go beyond. */
  at: number;
  isForAll: boolean;
  isNews: boolean;
  /** To be judged anew: by all who see some keys only, or by those of them who watch it. */
  isMoved: 'to all' | 'to watchers' | false;
  pages: Set<HubPage>;
}

export interface State {
  name: string;
  source: Source<object>;
  log: ChangeLog;
  watchers: Map<string, Set<HubPage>>;
  newsReaders: Set<HubPage>;
  /** Of this tick. */
  patches: Map<string, object | 'gone'>;
  wanted: Map<string, Wanted>;
  /** The read that is under way. A key that is patched meanwhile is read again: what is on its way may be older. */
  reading: Map<string, Wanted>;
  outdated: Set<string>;
  /** A read has failed a moment ago. */
  isPausing: boolean;
}

/** Has the permission on some of what the topic is about. What it sees may change without its session. */
export const seesSome = ({ source }: State, { session }: Pick<HubPage, 'session'>) =>
  !session.permissions.has(source.permission);

export const isWatching = (state: State, key: string, page: HubPage) => state.watchers.get(key)?.has(page) ?? false;

export function targetsOf(state: State, key: string, { isForAll, isNews, isMoved, pages }: Wanted): Set<HubPage> {
  const targets = new Set(pages);
  const judged = [...((isMoved && state.watchers.get(key)) || []), ...(isMoved === 'to all' ? state.newsReaders : [])];
  for (const page of judged) if (seesSome(state, page)) targets.add(page);
  if (isForAll) for (const page of state.watchers.get(key) ?? []) targets.add(page);
  if (isNews) for (const page of state.newsReaders) targets.add(page);
  return targets;
}

/** What is to be judged for a session. */
export type Asked = Map<string, { session: Session; keys: Set<string> }>;

export function ask(asked: Asked, { session }: HubPage, keys: Iterable<string>): void {
  for (const key of keys) {
    const entry = asked.get(session.id) ?? { session, keys: new Set() };
    asked.set(session.id, entry);
    entry.keys.add(key);
  }
}

/** Who sees which of them; asked once a session, or once for all of them. */
export async function judge({ source }: State, asked: Asked): Promise<(page: HubPage, key: string) => boolean> {
  const each = [...asked.values()].map(({ session, keys }) => ({ session, keys: [...keys] }));
  const found = source.visibleToEach && each.length > 0 ? await source.visibleToEach(each) : [];
  const visible = new Map<string, ReadonlySet<string>>();
  for (const [i, { session, keys }] of each.entries())
    visible.set(session.id, new Set(found[i] ?? (await source.visibleTo(session, keys))));
  return (page, key) => visible.get(page.session.id)?.has(key) ?? false;
}

/** For those who see some keys only, and those who are told of keys that they do not watch. */
export async function whoSees(state: State): Promise<(page: HubPage, key: string) => boolean> {
  const asked: Asked = new Map();
  for (const [key, wanted] of state.reading) {
    for (const page of targetsOf(state, key, wanted))
      if (!isWatching(state, key, page) || seesSome(state, page)) ask(asked, page, [key]);
  }
  return judge(state, asked);
}
