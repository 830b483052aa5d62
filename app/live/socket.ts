import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { useSyncExternalStore } from 'react';
import type { AppRouter } from '../../server/router';
import { findOriginFault } from '../forms/origin-fault';
import { promptSocket } from './prompt-socket';
import type { Connection } from '../ui/frame/connection-indicator';

/**
 * Refused upgrades look like a dead network to a script. After this many, ask over HTTP whether we are still signed in.
 */
const FAILURES_BEFORE_PROBE = 3;
/**
 * After so many probes in a row that the server answered, the live stream does not get through to it. One may have met
 * a server that has only just come back.
 */
const ANSWERS_BEFORE_BLOCKED = 2;
/** The close code that says that we, or all pages of our session together, asked for too much: `CLOSE.TOO_MUCH`. */
const TOO_MUCH = 4005;
/** So many milliseconds at most until a page that was cut off for it comes back. */
const CUT_OFF_MS = 60_000;
/** The close code that says our session has ended: `CLOSE.ACCESS_WITHDRAWN` of the protocol. */
const SESSION_ENDED = 4001;

let connection: Connection = { state: 'connecting' };
const listeners = new Set<() => void>();

function setConnection(next: Connection) {
  connection = next;
  for (const listener of listeners) listener();
}

let client: ReturnType<typeof connect> | undefined;

/** The page's one socket. It opens with the first subscription and closes some seconds after the last. */
export const live = () => (client ??= connect());

/**
 * Whoever signs out here is led to sign-in by that, and the end of their session must not lead there first: it would
 * lead back here, too.
 */
let isSigningOut = false;
export const expectSignOut = () => void (isSigningOut = true);
export const isSignOut = () => isSigningOut;

function connect() {
  let isCutOff = false;
  const socket = createWSClient({
    url: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/trpc`,
    onClose: (cause) => {
      isCutOff = cause?.code === TOO_MUCH;
      if (cause?.code === SESSION_ENDED && !isSigningOut) void leaveIfSignedOut();
    },
    WebSocket: promptSocket(),
    lazy: { enabled: true, closeMs: 10_000 },
    // A line whose bytes are swallowed tells nobody: the page asks after a silence, and gives the answer some time. A
    // browser shows no page the pings of the server. Together they stay well under the 15 s after which it must know.
    keepAlive: { enabled: true, intervalMs: 6_000, pongTimeoutMs: 4_000 },
    // Jitter: when a server comes back, a thousand open tabs must not knock in the same instant.
    retryDelayMs: (attempt) =>
      (isCutOff && attempt === 0 ? CUT_OFF_MS : Math.min(250 * 2 ** attempt, 5_000)) * (0.5 + Math.random() / 2),
  });
  let failures = 0;
  let lostAt: number | null = null;
  let answers = 0;
  let blocked: Connection | null = null;
  const show = () => {
    const { state, error } = socket.connectionState.get();
    if (state === 'pending') {
      failures = 0;
      lostAt = null;
      answers = 0;
      blocked = null;
      isSigningOut = false;
      return setConnection({ state: 'live' });
    }
    if (state === 'idle') return setConnection({ state: 'connecting' });
    if (connection.state === 'live' || error) lostAt ??= Date.now();
    // Only once the socket is gone: a browser that is offline still reaches a server on its own machine.
    if (!navigator.onLine) return setConnection({ state: 'offline' });
    setConnection(blocked ?? (lostAt === null ? { state: 'connecting' } : { state: 'reconnecting', lostAt }));
  };
  const probe = async () => {
    const isThere = await leaveIfSignedOut();
    answers = isThere ? answers + 1 : 0;
    const fault = answers < ANSWERS_BEFORE_BLOCKED ? null : await findOriginFault().catch(() => null);
    // It may have opened meanwhile.
    if (failures === 0) return;
    const why = fault ? (`errors.origin.${fault}` as const) : 'connection.blocked.socket';
    blocked = answers < ANSWERS_BEFORE_BLOCKED ? null : { state: 'blocked', why };
    show();
  };
  socket.connectionState.subscribe({
    next({ error }) {
      show();
      if (error && ++failures % FAILURES_BEFORE_PROBE === 0) void probe();
    },
  });
  addEventListener('online', show);
  addEventListener('offline', show);
  return createTRPCClient<AppRouter>({ links: [wsLink<AppRouter>({ client: socket })] });
}

/**
 * Goes to sign-in when the server is there and no longer knows us; else the page would say "reconnecting" for ever.
 * Returns whether the server is there and knows us.
 */
async function leaveIfSignedOut(): Promise<boolean> {
  try {
    const answer = await fetch(location.href, { method: 'HEAD', redirect: 'manual', cache: 'no-store' });
    if (answer.type === 'opaqueredirect') location.reload();
    return answer.ok;
  } catch {
    // The server is away, which the page already says.
    return false;
  }
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Whether changes arrive by themselves just now. */
export const isLive = () => connection.state === 'live';

/** Whether this page's socket is up. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    subscribe,
    () => connection,
    () => connection,
  );
}
