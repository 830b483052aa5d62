import { askForConnection, type Grant } from './ask-for-connection';
import type { Retry } from './backoff';
import { openConnection } from './connection';
import { explainEnding, isRefusal, returnWindow } from './explain-ending';
import { createHttpsClient } from './https-fetch';
import { createInboxMemory, type InboxMemory } from './inbox';
import type { Log } from './log';
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
  memory?: InboxMemory;
  log: Log;
  retry: Retry;
  signal: AbortSignal;
  pingMs?: number;
  patienceMs?: number;
}

/** Why this machine cannot connect with its certificate any more. */
export interface Outcome {
  /** `split`: it shares its key with another machine and is to become a new one. */
  kind: 'refused' | 'split';
  /** One line. */
  why: string;
}

/**
 * Keeps one connection to the server, again and again. Resolves only when the server refuses our certificate or says
 * that it is another machine's; rejects with the signal's reason when that aborts, after the socket is closed.
 */
export async function stayConnected(staying: Staying): Promise<Outcome> {
  const { server, credentials, retry, signal, memory = createInboxMemory() } = staying;
  // One for all connections of this certificate: a TLS session that is resumed still shows the one it was made with.
  const https = createHttpsClient(credentials);
  let isSplit = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const grant = await askForConnection({ server, https, certificate: credentials.certificate, signal });
      const ending = 'token' in grant ? await connect(grant) : grant;
      signal.throwIfAborted();
      if (isSplit) return { kind: 'split', why: "an administrator decided that this machine's key is another machine's" };
      const why = explainEnding(ending, server);
      if (isRefusal(ending)) return { kind: 'refused', why };
      const window = returnWindow(ending);
      if (window === null) await retry.after(why);
      else await retry.within(window, why);
    }
  } finally {
    https.close();
  }

  async function connect(grant: Grant): Promise<Ending> {
    const { machine, log, pingMs = PING_MS, patienceMs } = staying;
    const connection = openConnection({ server, https, grant, pingMs });
    const stop = () => connection.close();
    signal.addEventListener('abort', stop, { once: true });
    let acceptedAt = Infinity;
    const onAccepted = () => {
      acceptedAt = performance.now();
      log.info(`connected to ${server.host}`);
    };
    const onSplit = () => (isSplit = true);
    const ending = await talk({ connection, machine, memory, log, onAccepted, onSplit, patienceMs });
    signal.removeEventListener('abort', stop);
    if (performance.now() - acceptedAt >= STABLE_MS) retry.succeeded();
    return ending;
  }
}
