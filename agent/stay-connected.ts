import type { Retry } from './backoff';
import { openConnection } from './connection';
import { explainEnding, isRefusal, returnWindow } from './explain-ending';
import type { Log } from './log';
import type { Credentials } from './socket';
import { talk, type Machine } from './talk';

const PING_MS = 20_000;

/**
 * A connection that lasted so long was a good one. Judged any sooner, a server that accepts and then fails would be
 * hammered.
 */
const STABLE_MS = 10_000;

export interface Staying {
  server: URL;
  credentials: Credentials;
  machine: Machine;
  log: Log;
  retry: Retry;
  signal: AbortSignal;
  pingMs?: number;
}

/**
 * Keeps one connection to the server, again and again. Resolves only when the server refuses our certificate, with a
 * line that says how; rejects with the signal's reason when that aborts, after the socket is closed.
 */
export async function stayConnected({
  server,
  credentials,
  machine,
  log,
  retry,
  signal,
  pingMs = PING_MS,
}: Staying): Promise<string> {
  for (;;) {
    signal.throwIfAborted();
    const connection = openConnection({ server, credentials, pingMs });
    const stop = () => connection.close();
    signal.addEventListener('abort', stop, { once: true });
    let acceptedAt = Infinity;
    const onAccepted = () => {
      acceptedAt = performance.now();
      log.info(`connected to ${server.host}`);
    };
    const ending = await talk({ connection, machine, log, onAccepted });
    signal.removeEventListener('abort', stop);
    signal.throwIfAborted();

    if (performance.now() - acceptedAt >= STABLE_MS) retry.succeeded();
    const why = explainEnding(ending, server);
    if (isRefusal(ending)) return why;
    const window = returnWindow(ending);
    if (window === null) await retry.after(why);
    else await retry.within(window, why);
  }
}
