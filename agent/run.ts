import { isDeepStrictEqual } from 'node:util';
import { Retry } from './connection/backoff';
import { becomeAnother } from './become-another';
import { Documents } from './configuration/documents';
import { followConfiguration } from './configuration/follow-configuration';
import type { Own } from './configuration/own';
import type { Configuration } from './configuration/schema';
import { watchOwn } from './configuration/watch-own';
import { createFactReader } from './collect/machine';
import { openCommands, type CommandsOptions } from './commands/commands';
import { Measurer } from './collect/measurer';
import { createSampler } from './collect/sample';
import type { DefaultConfig } from './discovery/default-config';
import { findServer, type FoundServer } from './discovery/find-server';
import { followServer } from './discovery/follow-server';
import { chooseInterfaces } from './discovery/interfaces';
import { PORTS } from './discovery/message';
import { enroll } from './enroll';
import type { EnrolmentToken } from './enrolment-token';
import { createFactBook, readersOf } from './facts/facts';
import { EXIT, FatalError } from './process/exit-codes';
import { openIdentity, type Identity } from './identity';
import { proxyOf } from './connection/proxy';
import { createInboxMemory, reportError } from './connection/inbox';
import { Ways } from './connection/ways';
import type { Log } from './process/log';
import { openPairs } from './pairs';
import { createRenewal } from './renewal';
import { Servers } from './servers';
import { nameOfKey, openActed } from './state/acted';
import { extendLock } from './state/lock';
import { FILES } from './state/open-folder';
import { settingsOf, type Changes } from './state/settings';
import { stayConnected } from './connection/stay-connected';
import { addAuthorities, readAnchors, writeAnchors } from './trust/anchors';
import type { Trust, TrustRequest } from './trust/establish-trust';
import { trustPatiently } from './trust/trust-patiently';
import { createLook } from './watch-changes';
import { words } from '../words/words';

export interface Run
  extends Omit<TrustRequest, 'server' | 'proxy'>, Pick<CommandsOptions, 'environment' | 'logTail' | 'onIdle'> {
  /** To be tried in turn: at the start, and whenever a connection is lost. None: one is looked for. */
  servers: URL[];
  /** They were found at an earlier start, not named by a person. */
  isFound?: boolean;
  /** Where servers are looked for, and heard until the server's configuration says otherwise. */
  discovery?: { interfaces: string[]; isService?: boolean; ports: typeof PORTS };
  /** Keeps what is to be known at the next start. */
  remember: (changes: Changes) => void;
  /** Takes over what a server that was found suggests, and returns what counts of it. */
  takeDefaults?: (said: Record<string, unknown> | undefined) => DefaultConfig;
  /** How often this machine looks whether it has changed. */
  lookSeconds?: number | undefined;
  token: EnrolmentToken | null;
  /** What the machine's owner decided, and who does what is to be done without a connection. */
  configured?: {
    own: Own;
    /** Throws where this machine cannot do what they say. */
    check?: (values: Configuration, before: Configuration) => void;
    apply: (values: Configuration) => void;
    limitMs?: number | undefined;
    /** What is wrong with agent.yaml, where that is no reason to end. */
    damage?: string;
    /** So long without the server, what led to it before is tried as well. */
    withoutMs?: number | undefined;
    /** Reads anew what the owner decided. Throws when the file means nothing. */
    readOwn?: () => Own;
    /** Takes keys out of what the owner decided. */
    putBack?: (keys: readonly string[]) => void;
  };
  identity: Identity;
  /** End as soon as this machine has its certificate. */
  once: boolean;
  log: Log;
  random?: () => number;
}

/**
 * The agent's whole life: decide whether the server is ours, enrol unless that is done, stay connected, and enrol again
 * when the server refuses us, with a new key when ours is another machine's. Resolves under `once`; otherwise rejects,
 * with the signal's reason or a FatalError.
 */
export async function run(agent: Run): Promise<void> {
  const { folder, once, log, keeper, signal } = agent;
  const measurer = new Measurer(log);
  const readFacts = createFactReader(measurer);
  const found = agent.servers.length > 0 ? null : await findOurs(agent, (await readFacts()).fqdn);
  let lookAtOwn = () => {};
  const servers = new Servers(found?.servers ?? agent.servers, (order) => {
    agent.remember(settingsOf(order));
    lookAtOwn();
  });
  const isFound = found !== null || agent.isFound === true;
  let trusted: Trust | undefined;
  const { discovery } = agent;
  const pins = () => trusted?.pins ?? (found ? [found.pin] : readAnchors(folder).pins);
  const hear = createHearing((interfaces, until) =>
    discovery && isFound
      ? followServer({ ...discovery, interfaces, pins, servers, log, signal: AbortSignal.any([signal, until]) })
      : Promise.resolve(),
  );
  // Before it is met: it may have moved while this machine was off.
  if (discovery) await hear(discovery.interfaces);
  const documents = Documents.open(folder, keeper);
  const ways = new Ways(folder, keeper, agent.configured?.withoutMs);
  const configuration = followConfiguration({
    documents,
    own: agent.configured?.own ?? { values: {}, lock: [] },
    servers,
    ways,
    log,
    limitMs: agent.configured?.limitMs,
    random: agent.random,
    look: () => lookAtOwn(),
    check: (values, before) => agent.configured?.check?.(values, before),
    putBack(keys) {
      agent.configured?.putBack?.(keys);
      lookAtOwn();
    },
    apply(values) {
      agent.configured?.apply(values);
      if (discovery) void hear(chooseInterfaces(values.discovery?.interfaces, discovery.isService === true));
    },
  });
  const readOwn = agent.configured?.readOwn;
  if (readOwn) lookAtOwn = watchOwn({ folder, read: readOwn, log, signal }, configuration.decided);
  const proxy = () => proxyOf(configuration.values());
  const others = () => ways.others({ addresses: servers.all, proxy: proxy(), lock: configuration.locked() });
  const trust = (trusted = await trustPatiently({ ...agent, isFound, foundPin: found?.pin }, servers, proxy, others));
  let { lookSeconds } = agent;
  if (found) {
    const taken = agent.takeDefaults?.(found.defaultConfig) ?? {};
    lookSeconds ??= taken.look_seconds;
    const suggested = Object.keys(taken).length > 0 ? taken : null;
    const why = `${new Date().toISOString()}: ${found.why}`;
    agent.remember({ ...settingsOf(servers.all), suggested, server_found: why });
  }
  const book = createFactBook(readersOf(readFacts), log, () => configuration.values().collectors);
  const machine = { readFacts, takeSample: createSampler(measurer), look: createLook(measurer), book };
  const retry = new Retry(agent);
  let memory = createInboxMemory();
  keeper.onFailure((message) => reportError(memory, { kind: 'failed', message }, log));
  const fault = agent.configured?.damage;
  if (fault !== undefined) reportError(memory, { kind: 'failed', message: fault }, log);
  if (documents.damage !== undefined) reportError(memory, { kind: 'failed', message: documents.damage }, log);
  const rules = () => configuration.values().commands;
  const commands = openCommands({ ...agent, readFacts, lock: configuration.lock, rules });

  let { token } = agent;
  const locked = new Set([agent.identity.privateKeyPem]);
  const acted = openActed(folder);
  const split = async () => {
    const { identity, setAside } = await becomeAnotherPatiently(agent);
    keeper.keep(FILES.acted, () => acted.set('split', undefined));
    commands.forget();
    locked.add(identity.privateKeyPem);
    memory = createInboxMemory();
    log.warn(words('agent.enrol.anew', { name: setAside }));
    return openPairs(folder, identity, trust.authorities, keeper);
  };
  const onSplit = () => {
    log.warn(words('agent.enrol.split'));
    // Stopped before it has a key of its own, it goes on at its next start: it is told once.
    keeper.keep(FILES.acted, () => acted.set('split', { key: nameOfKey(openIdentity(folder)) }));
  };
  const isSplit = acted.get('split')?.key === nameOfKey(agent.identity);
  let pairs = isSplit ? await split() : openPairs(folder, agent.identity, trust.authorities, keeper);
  const onAuthorities = (certificates: readonly string[]) => {
    // Into the very arrays that the pairs and every connection are made with.
    const { authorities, pins } = addAuthorities(trust, certificates);
    if (authorities.length > 0) keeper.keep(FILES.authorities, () => writeAnchors(folder, trust));
    for (const pin of pins) log.info(words('agent.trust.vouched', { pin }));
    return trust.authorities;
  };
  const fqdn = async () => (await readFacts()).fqdn;
  for (;;) {
    const pair = pairs.choose();
    if (!pair) {
      const identity = pairs.enrolling();
      const certificate = await enroll({
        ...{ ...agent, servers, identity, trust, token, proxy: proxy() },
        facts: await readFacts(),
      });
      const isStored = pairs.enrolled(identity, certificate);
      if (isStored) log.info(words('agent.enrol.stored'));
      else if (once) throw new FatalError(EXIT.STATE, words('agent.state.not_stored', { folder }));
    }
    // For the first time only: a host that an administrator deletes must not come back by itself.
    token = null;
    if (once) return;
    if (!pair) continue;
    const { certificate, identity: shown } = pair;
    // Before it can become the present key, by which a second agent would look for the lock.
    if (!locked.has(shown.privateKeyPem)) await extendLock(folder, shown.privateKeyPem);
    locked.add(shown.privateKeyPem);
    const credentials = { authorities: trust.authorities, certificate, privateKeyPem: shown.privateKeyPem };
    const onAccepted = () => pairs.accepted(pair);
    const renewal = createRenewal({ ...agent, pairs, fqdn });
    const outcome = await stayConnected({
      servers,
      ways,
      credentials,
      machine,
      commands,
      renewal,
      configuration,
      onAccepted,
      onAuthorities,
      onSplit,
      memory,
      log,
      retry,
      signal,
      lookEveryMs: lookSeconds && lookSeconds * 1000,
    });
    if (outcome.kind === 'renewed') {
      log.info(words('agent.enrol.renewed'));
      continue;
    }
    if (outcome.kind === 'split') {
      pairs = await split();
      continue;
    }
    pairs.refused(pair);
    const { why } = outcome;
    // Without a pause, a server that approves us and then refuses its own certificate would be hammered.
    await retry.after(words('agent.enrol.ask_standing', { why }));
  }
}

/** Hears anew when it is to hear elsewhere. */
function createHearing(follow: (interfaces: string[], until: AbortSignal) => Promise<void>) {
  let heard: string[] | undefined;
  let stopping = new AbortController();
  return async (interfaces: string[]) => {
    if (isDeepStrictEqual(interfaces, heard)) return;
    heard = interfaces;
    stopping.abort();
    stopping = new AbortController();
    await follow(interfaces, stopping.signal);
  };
}

/** Of a machine that trusts a CA already, only a server that has it. */
function findOurs(agent: Run, hostname: string): Promise<FoundServer> {
  const { discovery = { interfaces: ['loopback'], ports: PORTS }, folder, expectedPins } = agent;
  const stored = readAnchors(folder).pins;
  const pins = stored.length > 0 ? stored : (expectedPins ?? null);
  return findServer({ ...agent, ...discovery, pins, hostname, platform: process.platform });
}

/** With the old key nothing can be done any more, and a new one must be kept: else each start would make a new host. */
async function becomeAnotherPatiently(agent: Run): ReturnType<typeof becomeAnother> {
  const retry = new Retry(agent);
  for (;;) {
    try {
      return await becomeAnother(agent.folder);
    } catch (error) {
      if (!(error instanceof FatalError) || error.exitCode !== EXIT.STATE) throw error;
      await retry.after(error.said);
    }
  }
}
