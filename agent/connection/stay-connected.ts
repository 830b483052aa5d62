import { isDeepStrictEqual } from 'node:util';
import { askForConnection, type Grant } from './ask-for-connection';
import type { Retry } from './backoff';
import type { FollowedConfiguration } from '../configuration/follow-configuration';
import { createClockWatch, explainClocks } from '../clock';
import type { Commands } from '../commands/commands';
import { openConnection } from './connection';
import { explainEnding, isRefusal, returnWindow } from '../process/explain-ending';
import { createHttpsClient } from '../https-fetch';
import { proxyOf } from './proxy';
import { createInboxMemory, type InboxMemory } from './inbox';
import type { Log } from '../process/log';
import type { Renewal } from '../renewal';
import type { Servers } from '../servers';
import type { Ending } from './socket';
import { talk, type Machine } from './talk';
import { words, type Said } from '../../words/words';

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
  servers: Servers;
  credentials: Credentials;
  machine: Machine;
  commands: Commands;
  renewal: Renewal;
  /** Called with the CAs (PEM) that the server accepts; returns all that are trusted from now on. */
  onAuthorities?: (certificates: readonly string[]) => readonly string[];
  /** Called when this machine is to become another, before the connection ends. */
  onSplit?: () => void;
  /** Called when the server has answered our hello on a connection. */
  onAccepted?: () => void;
  configuration?: FollowedConfiguration;
  memory?: InboxMemory;
  log: Log;
  retry: Retry;
  signal: AbortSignal;
  pingMs?: number;
  patienceMs?: number;
  lookEveryMs?: number | undefined;
}

/**
 * Why this machine does not go on with its certificate. `renewed`: it has the next one. `split`: it shares its key with
 * another machine and is to become a new one. `refused`: `why` is one line.
 */
export type Outcome = { kind: 'renewed' } | { kind: 'split' } | { kind: 'refused'; why: Said };

/**
 * Keeps one connection to the server, again and again: after the end of one that lasted to the same address first, then
 * to each of the others. Resolves when the certificate is of no use any more: the server
 * refuses it, says that it is another machine's, or has given a new one; rejects with the signal's reason when that
 * aborts, after the socket is closed.
 */
export async function stayConnected(staying: Staying): Promise<Outcome> {
  const { servers, credentials, renewal, retry, signal, memory = createInboxMemory() } = staying;
  const onDate = createClockWatch(staying.log);
  const wantedProxy = () => proxyOf(staying.configuration?.values() ?? {});
  let proxy = wantedProxy();
  // One for all connections of this certificate: a TLS session that is resumed still shows the one it was made with.
  let https = createHttpsClient({ ...credentials, onDate, proxy });
  let isSplit = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      if (!isDeepStrictEqual(proxy, wantedProxy())) {
        // What is open and idle goes the old way.
        https.close();
        proxy = wantedProxy();
        https = createHttpsClient({ ...credentials, onDate, proxy });
      }
      const { current: server, replaced } = servers;
      const { ending, hasLasted } = await attempt(server, replaced);
      signal.throwIfAborted();
      if (isSplit) return { kind: 'split' };
      if (renewal.isDone()) return { kind: 'renewed' };
      if (replaced.aborted) {
        // How it ended is ours; the others are not to pay for its failures.
        retry.succeeded();
        continue;
      }
      const why = [explainEnding(ending, server), ...(await explainClocks(ending.error, server, proxy))];
      // Of an address that is only tried, it is that address's fault: the former ones know this machine.
      if (isRefusal(ending) && !servers.isTrying) return { kind: 'refused', why };
      const window = returnWindow(ending);
      const round = hasLasted ? why : servers.failed(why);
      if (window !== null) await retry.within(window, why, replaced);
      else if (round) await retry.after(round, replaced);
      else staying.log.debug([...why, `next is ${servers.current.host}`]);
    }
  } finally {
    https.close();
  }

  async function attempt(server: URL, replaced: AbortSignal): Promise<{ ending: Ending; hasLasted: boolean }> {
    // One that takes no connections and refuses none would else hold up those that have taken its place.
    const either = AbortSignal.any([signal, replaced]);
    try {
      const { certificate } = credentials;
      const grant = await askForConnection({ server, https, certificate, signal: either });
      if ('token' in grant) return await connect(server, grant, either);
      return { ending: grant, hasLasted: false };
    } catch (error) {
      if (!either.aborted) throw error;
      return { ending: { code: 1006, reason: '' }, hasLasted: false };
    }
  }

  async function connect(
    server: URL,
    grant: Grant,
    until: AbortSignal,
  ): Promise<{ ending: Ending; hasLasted: boolean }> {
    const {
      machine,
      commands,
      renewal,
      log,
      configuration,
      pingMs = pingOf(configuration),
      patienceMs,
      lookEveryMs,
    } = staying;
    const connection = openConnection({ server, https, grant, pingMs });
    const stop = () => connection.close();
    if (until.aborted) stop();
    until.addEventListener('abort', stop, { once: true });
    let acceptedAt = Infinity;
    const onAccepted = () => {
      acceptedAt = performance.now();
      servers.worked();
      staying.onAccepted?.();
      void configuration?.accepted(connection, server);
      log.info(words('agent.connection.connected', { server: server.host }));
    };
    const onSplit = () => {
      isSplit = true;
      staying.onSplit?.();
    };
    const onAuthorities = (certificates: readonly string[]) => {
      if (staying.onAuthorities) https.trust(staying.onAuthorities(certificates));
    };
    const ending = await talk({
      connection,
      machine,
      commands,
      renewal,
      memory,
      log,
      configuration,
      onAccepted,
      onAuthorities,
      onSplit,
      patienceMs,
      lookEveryMs,
    });
    until.removeEventListener('abort', stop);
    const hasLasted = performance.now() - acceptedAt >= STABLE_MS;
    if (hasLasted) retry.succeeded();
    return { ending, hasLasted };
  }
}

const pingOf = (configuration: FollowedConfiguration | undefined) => {
  const seconds = configuration?.values().heartbeat?.ping_seconds;
  return seconds === undefined ? PING_MS : seconds * 1000;
};
