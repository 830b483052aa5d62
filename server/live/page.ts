import type { Session } from '../auth/session';
import { Written } from './written';

/** Newcomers that a page was told of and goes on hearing of, besides what it watches; then the oldest fall out. */
const MOST_FOLLOWED = 200;

/** What one page shows of a topic. */
export interface Interest {
  topic: string;
  keys: readonly string[];
  /** Also to be told of what nobody knew of yet: a newcomer, a decision. What is told so is followed from then on. */
  news: boolean;
  /** The cursor of the data that it was opened with, or of the last batch. */
  since: string;
}

/**
 * What is told of a key. A value is the whole of it, a patch some of its fields: applying either twice does no harm.
 */
export type Change<Value extends object = object> =
  | { kind: 'value'; key: string; value: Value }
  | { kind: 'patch'; key: string; patch: Partial<Value> }
  | { kind: 'gone'; key: string };

/** What a page is sent, at most once a tick. */
export interface Batch {
  /** The number of the watch that this follows. */
  watch: number;
  /** Whoever has been told this goes on from here, after whatever interruption. */
  cursor: string;
  /** The page was away for longer than is remembered, or with another process: it has to load its data again. */
  isTooLate?: true;
  changes: (Change & { topic: string })[];
}

/** A change that may go to many pages: its JSON is made by the first that is sent it. */
export interface Told {
  change: Batch['changes'][number];
  json?: string;
}

/** An open page, as its procedures know it. */
export interface Page {
  readonly session: Session;
  /**
   * Says what the page shows from now on, all of it. Of two on the way the one with the higher number counts.
   * Throws `input.invalid`, `auth.forbidden`.
   */
  watch(number: number, interests: readonly Interest[]): Promise<void>;
  /** What changes of it. A second stream ends the first. */
  stream(signal: AbortSignal): AsyncGenerator<Written<Batch>>;
  close(): void;
}

/** The same as the hub knows it. */
export interface HubPage extends Page {
  /** @param id of topic and key: of several patches of it that wait, one is made */
  tell(id: string, told: Told): void;
  /** Whether this very value was the last that it was told of it, since it said what it shows. */
  knows(id: string, value: object): boolean;
  tellTooLate(): void;
  /** From now on this too: it was told of it as news. */
  follow(topic: string, key: string): void;
  /** The keys of a topic that it is told of. */
  watching(topic: string): ReadonlySet<string>;
  /** No more: it is out of its sight. */
  leave(topic: string, key: string): void;
  /** What was told goes out. */
  flush(cursor: string): void;
}

/** A watch of which everything that may be refused is through. */
interface Admitted {
  watched: { topic: string; keys: readonly string[] }[];
  /** Once it is watched. */
  begin(): void;
}

interface Options {
  session: Session;
  /** Whether this page is among those that are told of the key. */
  setWatching(topic: string, key: string, isOn: boolean): void;
  admit(interests: readonly Interest[]): Promise<Admitted>;
  onClosed(): void;
}

const NONE: ReadonlySet<string> = new Set();

export function createPage({ session, setWatching, admit, onClosed }: Options): HubPage {
  const watched = new Map<string, Set<string>>();
  const followed: { topic: string; key: string }[] = [];
  const waiting = new Map<string, Told>();
  /** The values that it was told whole, as long as nothing else was. */
  const known = new Map<string, object>();
  let isTooLate = false;
  /** Since the watch began a cursor has come: the one before may be beyond what is still read for it. */
  let isReady = false;
  let asked = 0;
  let watch = 0;
  let cursor = '';
  let streams = 0;
  let isClosed = false;
  let wake = () => {};

  function set(topic: string, key: string, isOn: boolean): void {
    const keys = watched.get(topic) ?? new Set();
    watched.set(topic, keys);
    if (isOn) keys.add(key);
    else keys.delete(key);
    setWatching(topic, key, isOn);
  }

  function take(): Written<Batch> | null {
    if (!isReady || (waiting.size === 0 && !isTooLate)) return null;
    const envelope: Omit<Batch, 'changes'> = { watch, cursor, ...(isTooLate && { isTooLate }) };
    const changes = [...waiting.values()].map((told) => (told.json ??= JSON.stringify(told.change)));
    waiting.clear();
    isTooLate = false;
    return new Written(`${JSON.stringify(envelope).slice(0, -1)},"changes":[${changes.join()}]}`);
  }

  return {
    session,
    async watch(number, interests) {
      asked = Math.max(asked, number);
      const next = await admit(interests);
      if (isClosed || number < asked) return;
      watch = number;
      isReady = false;
      // Whatever waits is newer than the page's data, and will be read for it, or is of no more interest.
      waiting.clear();
      // Its data may be other than what it was told before.
      known.clear();
      followed.length = 0;
      const wanted = new Map(next.watched.map(({ topic }) => [topic, new Set<string>()]));
      for (const { topic, keys } of next.watched) for (const key of keys) wanted.get(topic)!.add(key);
      for (const [topic, keys] of watched) {
        for (const key of keys) if (!wanted.get(topic)?.has(key)) set(topic, key, false);
      }
      for (const [topic, keys] of wanted) for (const key of keys) set(topic, key, true);
      next.begin();
    },
    async *stream(signal) {
      const mine = ++streams;
      wake();
      signal.addEventListener('abort', () => mine === streams && wake(), { once: true });
      while (!signal.aborted && !isClosed && mine === streams) {
        const batch = take();
        if (batch) yield batch;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    close() {
      isClosed = true;
      for (const [topic, keys] of watched) for (const key of keys) setWatching(topic, key, false);
      onClosed();
      wake();
    },
    tell(id, told) {
      const before = waiting.get(id)?.change;
      const { change } = told;
      if (change.kind === 'value') known.set(id, change.value);
      else known.delete(id);
      if (before?.kind === 'gone' && change.kind === 'patch') return;
      waiting.set(id, before && change.kind === 'patch' ? { change: patched(before, change.patch) } : told);
    },
    knows: (id, value) => known.get(id) === value,
    tellTooLate: () => void (isTooLate = true),
    follow(topic, key) {
      if (watched.get(topic)?.has(key)) return;
      set(topic, key, true);
      followed.push({ topic, key });
      const oldest = followed.length > MOST_FOLLOWED && followed.shift();
      if (oldest) set(oldest.topic, oldest.key, false);
    },
    watching: (topic) => watched.get(topic) ?? NONE,
    leave(topic, key) {
      if (watched.get(topic)?.has(key)) set(topic, key, false);
    },
    flush(now) {
      cursor = now;
      isReady = true;
      if (waiting.size > 0 || isTooLate) wake();
    },
  };
}

function patched(before: Told['change'], patch: object): Told['change'] {
  if (before.kind === 'value') return { ...before, value: { ...before.value, ...patch } };
  if (before.kind === 'patch') return { ...before, patch: { ...before.patch, ...patch } };
  return before;
}
