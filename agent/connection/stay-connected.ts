import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { askForConnection, type Grant } from './ask-for-connection';
import type { Retry } from './backoff';
import type { FollowedConfiguration } from '../configuration/follow-configuration';
import { createClockWatch, explainClocks } from '../clock';
import type { Commands } from '../commands/commands';
import { type Connection, openConnection } from './connection';
import { explainEnding, isRefusal, returnWindow } from '../process/explain-ending';
import { createHttpsClient } from '../https-fetch';
import { proxyOf } from './proxy';
import { createInboxMemory, type InboxMemory, reportError } from './inbox';
import { type ConfiguredWay, describeHop, type Hop, type Ways } from './ways';
import { inEnglish } from '../../words/say';
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
  /** How the server was reached before; absent, it is reached by what is configured or not at all. */
  ways?: Ways;
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

interface Attempt {
  ending: Ending;
  /** Whether it was a connection for long enough to be a good one. */
  hasLasted: boolean;
  /** Whether the server has answered a hello. */
  isAccepted: boolean;
}

/**
 * Keeps one connection to the server, again and again: after the end of one that lasted to the same address first, then
 * to each of the others. Where what is configured has not led to the server for long, what has before is tried beside
 * it, and kept until the configured one works again. Resolves when the certificate is of no use any more: the server
 * refuses it, says that it is another machine's, or has given a new one; rejects with the signal's reason when that
 * aborts, after the socket is closed.
 */
export async function stayConnected(staying: Staying): Promise<Outcome> {
  const { servers, ways, credentials, renewal, retry, signal, log, memory = createInboxMemory() } = staying;
  const onDate = createClockWatch(staying.log);
  const wantedProxy = () => proxyOf(staying.configuration?.values() ?? {});
  let proxy = wantedProxy();
  // One for all connections of this certificate: a TLS session that is resumed still shows the one it was made with.
  let https = createHttpsClient({ ...credentials, onDate, proxy });
  let isSplit = false;
  /** What is tried beside what is configured, and why: that has failed so. */
  let others: Hop[] = [];
  let failure: Said = '';
  /** How the server was reached instead, as it was last told. */
  let told: string | undefined;
  try {
    for (;;) {
      signal.throwIfAborted();
      const { current, replaced } = servers;
      const other = others.shift();
      const { server, proxy: through } = other ?? { server: current, proxy: wantedProxy() };
      if (!isDeepStrictEqual(proxy, through)) {
        // What is open and idle goes the old way.
        https.close();
        proxy = through;
        https = createHttpsClient({ ...credentials, onDate, proxy });
      }
      const { ending, hasLasted, isAccepted } = await attempt(server, replaced, other);
      signal.throwIfAborted();
      if (isSplit) return { kind: 'split' };
      if (renewal.isDone()) return { kind: 'renewed' };
      if (replaced.aborted) {
        // How it ended is ours; the others are not to pay for its failures.
        retry.succeeded();
        others = [];
        continue;
      }
      const why = [explainEnding(ending, server), ...(await explainClocks(ending.error, server, proxy))];
      // Of an address that is only tried, it is that address's fault: the former ones know this machine.
      if (isRefusal(ending) && !servers.isTrying && !other) return { kind: 'refused', why };
      const window = returnWindow(ending);
      if (other) {
        // What is configured is tried first again after a connection that has ended, and after the last in vain.
        if (hasLasted || window !== null) others = [];
        log.debug([...why, `that was ${describeHop(other)}`]);
        if (window !== null) await retry.within(window, why, replaced);
        else if (others.length === 0 && !hasLasted) await retry.after(failure, replaced);
        continue;
      }
      const round = hasLasted ? why : servers.failed(why);
      if (window !== null) await retry.within(window, why, replaced);
      else if (round) {
        failure = round;
        // What has just led to the server is tried once more first.
        others = servers.isTrying || isAccepted ? [] : (ways?.others(configured()) ?? []);
        if (others.length === 0) await retry.after(round, replaced);
      } else log.debug([...why, `next is ${servers.current.host}`]);
    }
  } finally {
    https.close();
  }

  function configured(): ConfiguredWay {
    return { addresses: servers.all, proxy: wantedProxy(), lock: staying.configuration?.locked() ?? [] };
  }

  async function attempt(server: URL, replaced: AbortSignal, other: Hop | undefined): Promise<Attempt> {
    // One that takes no connections and refuses none would else hold up those that have taken its place.
    const either = AbortSignal.any([signal, replaced]);
    try {
      const { certificate } = credentials;
      const grant = await askForConnection({ server, https, certificate, signal: either });
      if ('token' in grant) return await connect(server, grant, either, other);
      return { ending: grant, hasLasted: false, isAccepted: false };
    } catch (error) {
      if (!either.aborted) throw error;
      return { ending: { code: 1006, reason: '' }, hasLasted: false, isAccepted: false };
    }
  }

  async function connect(server: URL, grant: Grant, until: AbortSignal, other: Hop | undefined): Promise<Attempt> {
    const {
      machine,
      commands,
      renewal,
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
      if (!other) servers.worked();
      staying.onAccepted?.();
      const instead = other && words('agent.configuration.detour', { why: failure, where: describeHop(other) });
      void configuration?.accepted(connection, server, instead);
      log.info(words('agent.connection.connected', { server: server.host }));
      const message = instead && inEnglish(instead);
      if (message && message !== told) {
        log.warn(instead);
        reportError(memory, { kind: 'failed', message }, log);
      }
      told = message;
      if (other) void returnWhenPossible(connection);
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
    if (hasLasted && !other) ways?.lost();
    return { ending, hasLasted, isAccepted: acceptedAt < Infinity };
  }

  /** Ends a connection by another way when the server answers by what is configured. Never rejects. */
  async function returnWhenPossible(connection: Connection): Promise<void> {
    const { over } = connection;
    while (!over.aborted) {
      await pause(ways!.returnMs, undefined, { signal: over, ref: false }).catch(() => undefined);
      if (over.aborted || !(await answersAsConfigured(over))) continue;
      log.info('the server answers as configured again');
      ways!.returned();
      connection.close();
    }
  }

  /** Whether a server that shows a certificate of ours answers at one of the configured addresses. */
  async function answersAsConfigured(over: AbortSignal): Promise<boolean> {
    const { addresses, proxy: through } = configured();
    const client = createHttpsClient({ ...credentials, onDate, proxy: through });
    try {
      for (const server of addresses) {
        const answer = await client.fetch(new URL('/healthz', server).href, { signal: over }).catch(() => null);
        if (answer) return true;
      }
      return false;
    } finally {
      client.close();
    }
  }
}

const pingOf = (configuration: FollowedConfiguration | undefined) => {
  const seconds = configuration?.values().heartbeat?.ping_seconds;
  return seconds === undefined ? PING_MS : seconds * 1000;
};
