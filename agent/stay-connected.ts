import { askForConnection, type Grant } from './ask-for-connection';
import type { Retry } from './backoff';
import { createClockWatch, explainClocks } from './clock';
import { openConnection } from './connection';
import { explainEnding, isRefusal, returnWindow } from './explain-ending';
import { createHttpsClient } from './https-fetch';
import { createInboxMemory, type InboxMemory } from './inbox';
import type { Log } from './log';
import type { Renewal } from './renewal';
import type { Ending } from './socket';
import { talk, type Machine } from './talk';

const PING_MS = 20_000;

/**
 * A connection that lasted so long was a good one. Judged any sooner, a server that accepts and then fails would be
 * hammered.
 */
const STABLE_MS = 10_000;

/** All PEM: one TLS identity. */
export interface Credentials {
  authorities: readonly string[];
  certificate: string;
  privateKeyPem: string;
}

export interface Staying {
  server: URL;
  credentials: Credentials;
  machine: Machine;
  renewal: Renewal;
  /** Called when the server has answered our hello on a connection. */
  onAccepted?: () => void;
  memory?: InboxMemory;
  log: Log;
  retry: Retry;
  signal: AbortSignal;
  pingMs?: number;
  patienceMs?: number;
}

/**
 * Keeps one connection to the server, again and again. Resolves when the server refuses our certificate, with a line
 * that says how, or with null when a new certificate takes its place; rejects with the signal's reason when that aborts,
 * after the socket is closed.
 */
export async function stayConnected(staying: Staying): Promise<string | null> {
  const { server, credentials, renewal, retry, signal, memory = createInboxMemory() } = staying;
  // One for all connections of this certificate: a TLS session that is resumed still shows the one it was made with.
  const https = createHttpsClient({ ...credentials, onDate: createClockWatch(staying.log) });
  try {
    for (;;) {
      signal.throwIfAborted();
      const grant = await askForConnection({ server, https, certificate: credentials.certificate, signal });
      const ending = 'token' in grant ? await connect(grant) : grant;
      signal.throwIfAborted();
      if (renewal.isDone()) return null;
      const why = explainEnding(ending, server) + (await explainClocks(ending.error, server));
      if (isRefusal(ending)) return why;
      const window = returnWindow(ending);
      if (window === null) await retry.after(why);
      else await retry.within(window, why);
    }
  } finally {
    https.close();
  }

  async function connect(grant: Grant): Promise<Ending> {
    const { machine, renewal, log, pingMs = PING_MS, patienceMs } = staying;
    const connection = openConnection({ server, https, grant, pingMs });
    const stop = () => connection.close();
    signal.addEventListener('abort', stop, { once: true });
    let acceptedAt = Infinity;
    const onAccepted = () => {
      acceptedAt = performance.now();
      staying.onAccepted?.();
      log.info(`connected to ${server.host}`);
    };
    const ending = await talk({ connection, machine, renewal, memory, log, onAccepted, patienceMs });
    signal.removeEventListener('abort', stop);
    if (performance.now() - acceptedAt >= STABLE_MS) retry.succeeded();
    return ending;
  }
}
