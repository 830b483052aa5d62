import type { Batch } from '../../server/live/page';
import { live } from './socket';

/** What failed for no reason that the page knows is tried again after so many milliseconds. */
const RETRY_MS = 2_000;

/**
 * Where several processes serve, data may come from one and the stream from another, however often it is loaded. What
 * the page shows is then read for it without loading; more rarely, it looks for what it does not show.
 */
const RELOAD_EVERY_MS = 30_000;

interface Interest {
  /** Null for none: what keeps the stream open, and no more. */
  topic: string | null;
  /** As they are when they are told to the server. */
  keys: () => readonly string[];
  news: boolean;
  /** From where on it is to be told; goes on with each batch. */
  since: string;
  onChanges: (changes: Batch['changes']) => void;
  /** The data that it goes on from is too old, or the session has ended. */
  reload: () => void;
}

/** Everything the page shows, the frame's parts as the page's, and the first watch that had each. */
const interests = new Map<Interest, number>();
let number = 0;
let stream: { unsubscribe(): void } | null = null;
let isStarted = false;
let isScheduled = false;
let reloadedAt = -Infinity;
let reloading: ReturnType<typeof setTimeout> | undefined;

/**
 * Adds to what the one stream of this page tells of; returns what takes it away again. What changes in one go, as when
 * one page is left for another, is one message.
 */
export function watch(interest: Interest): () => void {
  interests.set(interest, number + 1);
  schedule();
  return () => {
    interests.delete(interest);
    schedule();
  };
}

function schedule() {
  if (isScheduled) return;
  isScheduled = true;
  queueMicrotask(() => {
    isScheduled = false;
    if (interests.size === 0) close();
    else if (!stream) open();
    else if (isStarted) say();
  });
}

function open() {
  stream = live().live.stream.subscribe(undefined, {
    // On every socket anew: what was watched was told to another.
    onStarted() {
      isStarted = true;
      say();
    },
    onConnectionStateChange({ state }) {
      if (state !== 'pending') isStarted = false;
    },
    onData: hear,
    onError: fail,
    onComplete: () => fail(),
  });
}

function close() {
  stream?.unsubscribe();
  stream = null;
  isStarted = false;
}

/** Tells the server what the page shows now, all of it. */
function say() {
  const mine = ++number;
  const told = [...interests.keys()].flatMap(({ topic, keys, news, since }) =>
    topic === null ? [] : [{ topic, keys: [...keys()], news, since }],
  );
  live()
    .live.watch.query({ number: mine, interests: told })
    .catch((error: { data?: { httpStatus?: number } | null }) => {
      // A socket that closed meanwhile says it again when there is another.
      if (isStarted && mine === number) fail(error);
    });
}

function fail(error?: { data?: { httpStatus?: number } | null }) {
  close();
  const status = error?.data?.httpStatus;
  // Not signed in any more: the loaders redirect.
  if (status === 401) return reload();
  // What is shown is for them no more: the loaders say so. Anything else may pass.
  if (status === 403) reloadSoon();
  setTimeout(schedule, status === 403 ? RELOAD_EVERY_MS : RETRY_MS);
}

function hear(batch: Batch) {
  for (const [interest, from] of interests) {
    // What was on its way when the page loaded new data may be older than that. The server tells of it again.
    if (batch.watch < from) continue;
    if (batch.watch === number) interest.since = batch.cursor;
    const changes = batch.changes.filter(({ topic }) => topic === interest.topic);
    if (changes.length > 0) interest.onChanges(changes);
  }
  if (batch.isTooLate && batch.watch === number) reloadSoon();
}

function reloadSoon() {
  reloading ??= setTimeout(reload, Math.max(0, reloadedAt + RELOAD_EVERY_MS - performance.now()));
}

/** The loader's answer is for all of the page. */
function reload() {
  clearTimeout(reloading);
  reloading = undefined;
  reloadedAt = performance.now();
  const [first] = interests.keys();
  first?.reload();
}
