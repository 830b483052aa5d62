import { mayAnywhere } from '../auth/permissions';
import type { Session } from '../auth/session';
import { AppError } from '../errors';
import { type Log, logFailure } from '../log';
import { ALL_KEYS, createChanges } from './changes';
import { createConfirming } from './confirming';
import { boundNews, MOST_NEWS, seenOf } from './crowd';
import { createPage, type HubPage, type Interest, type Page, type Told } from './page';
import { createSight } from './sight';
import { isWatching, seesSome, type State, targetsOf, type Wanted, whoSees } from './targets';
import type { Source, Topic } from './topic';

/** At most so often is a page told anything: what changes within it is one message. */
const TICK_MS = 50;
/** So long after a read that failed it is tried again. */
const RETRY_MS = 1000;
/** Keys of one read; what is more has to wait for the next tick. */
const MOST_A_READ = 1000;
const CONFIRM_MS = 60_000;
/** So often it is asked whether anything changed by which pages see some keys only. */
const JUDGE_MS = 1000;

/** Tells open pages what changes of what they show. It knows topics and keys, and nothing of what they mean. */
export interface Hub {
  register<Value extends object>(name: string, source: Source<Value>): Topic<Value>;
  /** The present moment. What is read after taking it, and what changes after it, leave no gap. */
  cursor(): string;
  /** A page that is open; closed by its socket. */
  open(session: Session): Page;
}

interface Options {
  log: Log;
  /** See `createSight`. */
  sightVersion: () => Promise<number>;
  now?: () => number;
  confirmMs?: number;
  judgeMs?: number;
}

export function createHub({
  log,
  sightVersion,
  now = () => performance.now(),
  confirmMs = CONFIRM_MS,
  judgeMs = JUDGE_MS,
}: Options): Hub {
  const changes = createChanges(now);
  const topics = new Map<string, State>();
  const pages = new Set<HubPage>();
  /** Everything up to here has been told to all who watch it. */
  let told = 0;
  let tickedAtMs = -Infinity;
  let timer: NodeJS.Timeout | null = null;
  const confirming = createConfirming({ log, topics, confirmMs });
  let judging: NodeJS.Timeout | undefined;
  const sight = createSight({
    ...{ log, topics, pages, sightVersion, confirmMs },
    // Read like a change: by then it may be in its sight again.
    onLost: (state, key, page) => want(state, key, { at: changes.now() + 1, page }),
  });

  function want(state: State, key: string, given: Pick<Wanted, 'at'> & { page?: HubPage } & Partial<Wanted>) {
    const { at, page, isNews = false, isMoved = false } = given;
    const wanted = state.wanted.get(key) ?? { at, isForAll: false, isNews: false, isMoved, pages: new Set() };
    state.wanted.set(key, wanted);
    wanted.at = Math.min(wanted.at, at);
    if (page) wanted.pages.add(page);
    else if (isMoved) wanted.isMoved = isMoved;
    else wanted.isForAll = true;
    wanted.isNews ||= isNews;
    wake();
  }

  function wake() {
    timer ??= setTimeout(tick, Math.max(0, tickedAtMs + TICK_MS - performance.now())).unref();
  }

  function tick() {
    timer = null;
    tickedAtMs = performance.now();
    for (const state of topics.values()) {
      for (const [key, patch] of state.patches) {
        const change = patch === 'gone' ? { kind: 'gone' as const, key } : { kind: 'patch' as const, key, patch };
        tell(state, key, { topic: state.name, ...change }, state.watchers.get(key) ?? []);
      }
      state.patches.clear();
      if (state.wanted.size > 0 && state.reading.size === 0 && !state.isPausing) void read(state);
    }
    told = changes.now();
    for (const { wanted, reading } of topics.values()) {
      for (const waiting of [wanted, reading]) for (const { at } of waiting.values()) told = Math.min(told, at - 1);
    }
    for (const page of pages) page.flush(changes.cursorAt(told));
  }

  const idOf = (state: State, key: string) => `${state.name} ${key}`;

  function tell(state: State, key: string, change: Told['change'], to: Iterable<HubPage>) {
    // One object for all: it is written as JSON once.
    const shared: Told = { change };
    for (const page of to) page.tell(idOf(state, key), shared);
  }

  async function read(state: State) {
    for (const [key, wanted] of state.wanted) {
      if (state.reading.size === MOST_A_READ) break;
      state.wanted.delete(key);
      if (targetsOf(state, key, wanted).size > 0) state.reading.set(key, wanted);
    }
    const again = (key: string, { at, isForAll, isNews, isMoved, pages }: Wanted) => {
      if (isMoved) want(state, key, { at, isMoved });
      if (isForAll) want(state, key, { at, isNews });
      for (const page of pages) want(state, key, { at, page });
    };
    try {
      await boundNews(state);
      const keys = [...state.reading.keys()];
      const values = keys.length > 0 ? await state.source.read(keys) : new Map<string, object>();
      const seen = await whoSees(state);
      for (const [key, wanted] of state.reading) {
        if (state.outdated.has(key)) {
          again(key, wanted);
          continue;
        }
        const value = values.get(key);
        const gone = { topic: state.name, kind: 'gone' as const, key };
        const told = [...targetsOf(state, key, wanted)].filter(
          (page) => isWatching(state, key, page) || seen(page, key),
        );
        const isOutOfSight = (page: HubPage) => !value || (seesSome(state, page) && !seen(page, key));
        const to = told.filter((page) => !isOutOfSight(page));
        const isNew = (page: HubPage) => wanted.pages.has(page) || !page.knows(idOf(state, key), value!);
        if (value) tell(state, key, { topic: state.name, kind: 'value', key, value }, to.filter(isNew));
        for (const page of to) {
          if (!isWatching(state, key, page)) sight.doubt(page);
          page.follow(state.name, key);
        }
        const away = told.filter((page) => isWatching(state, key, page) && isOutOfSight(page));
        tell(state, key, gone, away);
        for (const page of away) if (value || seesSome(state, page)) page.leave(state.name, key);
      }
    } catch (error) {
      logFailure(log, `changes of ${state.name} could not be read; trying again`, error);
      for (const [key, wanted] of state.reading) again(key, wanted);
      state.isPausing = true;
      setTimeout(() => {
        state.isPausing = false;
        wake();
      }, RETRY_MS).unref();
    }
    state.reading.clear();
    state.outdated.clear();
    wake();
  }

  function setWatching(page: HubPage, topic: string, key: string, isOn: boolean) {
    const { watchers } = topics.get(topic)!;
    const of = watchers.get(key) ?? new Set();
    if (isOn) watchers.set(key, of.add(page));
    else if (of.delete(page) && of.size === 0) watchers.delete(key);
  }

  /** Everything that may be refused, before anything changes. */
  async function admit(session: Session, interests: readonly Interest[]) {
    return Promise.all(
      interests.map(async ({ topic, keys, news, since }) => {
        const state = topics.get(topic);
        if (!state || !keys.every(state.source.isKey)) throw new AppError('input.invalid');
        if (!mayAnywhere(session, state.source.permission)) throw new AppError('auth.forbidden');
        const visible = new Set(keys.length > 0 ? await state.source.visibleTo(session, keys) : []);
        const hidden = keys.filter((key) => !visible.has(key));
        return {
          state,
          keys: [...visible],
          hidden,
          since,
          missed: news ? await findMissed(state, session, since) : null,
        };
      }),
    );
  }

  /** Which news there were since then that the session may hear of; what comes after `upTo` is judged as it is read. */
  async function findMissed(state: State, session: Session, since: string) {
    const [from, upTo] = [changes.read(since), changes.now()];
    const missed = from === null ? [] : state.log.news.filter(({ at }) => at > from).map(({ key }) => key);
    // More than are told one by one: how many of them there are is of no interest.
    return { upTo, seen: await seenOf(state, session, { keys: new Set(missed), enough: MOST_NEWS + 1 }) };
  }

  /** What changed since the data of the page was read is read for it once more. */
  function catchUp(page: HubPage, { state, keys, hidden, missed, since }: Awaited<ReturnType<typeof admit>>[number]) {
    // There is none for it, be it out of sight or gone.
    for (const key of hidden) tell(state, key, { topic: state.name, kind: 'gone', key }, [page]);
    const from = changes.read(since);
    if (from === null) {
      page.tellTooLate();
      // Its data may have come from another process, whose cursors nobody here can read: what it shows is read anew.
      for (const key of keys) want(state, key, { at: changes.now() + 1, page });
      return;
    }
    const { changedAt, news: all } = state.log;
    const isOther = (key: string) => Math.max(changedAt.get(key) ?? 0, changedAt.get(ALL_KEYS) ?? 0) > from;
    for (const key of keys) if (isOther(key)) want(state, key, { at: from + 1, page });
    const isCrowd = missed !== null && missed.seen.size > MOST_NEWS;
    if (isCrowd) page.tellTooLate();
    for (let i = all.length - 1; i >= 0 && all[i]!.at > from; i--) {
      const { key, at } = all[i]!;
      const isNews = missed && (at > missed.upTo || (!isCrowd && missed.seen.has(key)));
      if (isWatching(state, key, page) || isNews) want(state, key, { at: from + 1, page });
    }
  }

  return {
    cursor: () => changes.cursorAt(),
    register(name, source) {
      const state: State = {
        ...{ name, source, log: changes.log(), watchers: new Map(), newsReaders: new Set() },
        ...{ patches: new Map(), wanted: new Map(), reading: new Map(), outdated: new Set(), isPausing: false },
      };
      topics.set(name, state);
      const set = (key: string, patch: object | 'gone') => {
        if (state.reading.has(key)) state.outdated.add(key);
        if (!state.watchers.has(key)) return;
        state.patches.set(key, patch);
        wake();
      };
      return {
        isWatched: (key) => state.watchers.has(key),
        patch(key, patch) {
          changes.mark(state.log, key);
          const before = state.patches.get(key);
          if (before !== 'gone') set(key, { ...before, ...patch });
        },
        stale(key, { isNews = false } = {}) {
          const at = changes.mark(state.log, key);
          if (isNews) state.log.news.push({ at, key });
          if (state.watchers.has(key) || (isNews && state.newsReaders.size > 0)) want(state, key, { at, isNews });
        },
        staleAll() {
          const at = changes.mark(state.log, ALL_KEYS);
          for (const key of state.watchers.keys()) want(state, key, { at });
        },
        moved(key) {
          const at = changes.mark(state.log, key);
          for (const page of pages) {
            if (!seesSome(state, page)) continue;
            want(state, key, { at, isMoved: 'to all' });
            return;
          }
        },
        gone(key) {
          state.log.news.push({ at: changes.mark(state.log, key), key });
          state.log.changedAt.delete(key);
          set(key, 'gone');
        },
      };
    },
    open(session) {
      /** What was being read for it, and news. What it watches it takes back itself. */
      const leave = () => {
        for (const { newsReaders, wanted, reading } of topics.values()) {
          newsReaders.delete(page);
          for (const waiting of [wanted, reading]) for (const { pages } of waiting.values()) pages.delete(page);
        }
      };
      const page = createPage({
        session,
        setWatching: (topic, key, isOn) => setWatching(page, topic, key, isOn),
        async admit(interests) {
          const admitted = await admit(session, interests);
          return {
            watched: admitted.map(({ state, keys }) => ({ topic: state.name, keys })),
            begin() {
              leave();
              sight.doubt(page);
              for (const { state, missed } of admitted) if (missed) state.newsReaders.add(page);
              for (const interest of admitted) catchUp(page, interest);
              wake();
            },
          };
        },
        onClosed() {
          pages.delete(page);
          leave();
          if (pages.size > 0) return;
          confirming.end();
          clearInterval(judging);
          judging = undefined;
        },
      });
      pages.add(page);
      confirming.begin();
      judging ??= setInterval(() => void sight.look(), judgeMs).unref();
      return page;
    },
  };
}
