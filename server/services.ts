import type { Database, OpenDatabase } from '../db/client';
import type { Turns } from '../db/turns';
import { type Challenges, createChallenges } from './agents/challenge';
import { type ConnectionTokens, createConnectionTokens } from './agents/connection-tokens';
import { findHostAddresses, createHandshakeLimits, type HandshakeLimits } from './agents/handshake-limits';
import { createReports, type Reports } from './agents/reports';
import { type AgentSockets, createAgentSockets } from './agents/sockets';
import { type AuditTrail, createAuditTrail } from './audit/trail';
import { createKnownDevices, type KnownDevices } from './auth/known-devices';
import { nameForCookies } from './auth/name-for-cookies';
import { createSessions, type Sessions } from './auth/session';
import { createSignInTurns } from './auth/sign-in-turns';
import { type Authority, loadAuthority } from './certificates/authority/authority';
import { readPassphrases } from './certificates/authority/read-passphrases';
import { createRevocationLists, type RevocationLists } from './certificates/revocation-list';
import { type CertificateWatch, createCertificateWatch } from './certificates/served/watch-certificates';
import { type AskedFor, createAskedFor } from './http/asked-for';
import { createDispatch, type Dispatch } from './commands/dispatch';
import { createRunReports, type RunReports } from './commands/runs/report-runs';
import { createSecretParameters, type SecretParameters } from './commands/secret-parameters';
import { createLookTogether, type LookTogether } from './configuration/look-together';
import { createClientAddress } from './http/client-address';
import type { Config } from './config';
import { createEventBus, type EventBus } from './events';
import { createFactWriter, type FactWriter } from './facts/fact-writer';
import { findMembersVersion } from './fleets/members-version';
import { type Health, startHealth } from './health/health';
import { createHostCounts, type HostCountKeeper } from './hosts/figures/host-counts';
import { createScrapes, type Scrapes } from './inventory/scrapes';
import { createHub, type Hub } from './live/hub';
import { type Presence, startPresence } from './presence/presence';
import { createGroupCommit, type GroupCommit } from './process/group-commit';
import { createListeners, type Listeners } from './process/listeners';
import { createMeasures, type Measures } from './measures/measures';
import { createReadiness, type Readiness } from './process/readiness';
import { findDependents } from './process/find-dependents';
import { createLimits, type Limits } from './limits';
import type { Log } from './log';
import { createSampleKeeper, type SampleKeeper } from './metrics/keep-samples';
import { createRecentSamples, type RecentSamples } from './metrics/recent-samples';
import { deriveKey } from './process/derive-key';
import { createSeal, type Seal } from './process/seal';
import { loadSecret } from './process/secret';
import { createTokenSigner, type TokenSigner } from './tokens/signer';

/** What lives as long as the process. Made once, handed down in every context, never a global. */
export interface Services {
  config: Config;
  log: Log;
  db: Database;
  /** The same for what a person asks: of few connections at once, and for so long and no longer. */
  readsOf: OpenDatabase['readsOf'];
  events: EventBus;
  /** Writes in groups, for all who need not write within a transaction. */
  writer: GroupCommit;
  reports: Reports;
  factWriter: FactWriter;
  secretParameters: SecretParameters;
  /** Of what configurations hold. */
  configurationSeal: Seal;
  wantedConfiguration: LookTogether;
  commandDispatch: Dispatch;
  runReports: RunReports;
  audit: AuditTrail;
  authority: Authority;
  revocationLists: RevocationLists;
  certificateWatch: CertificateWatch;
  challenges: Challenges;
  connections: ConnectionTokens;
  listeners: Listeners;
  limits: Limits;
  readiness: Readiness;
  measures: Measures;
  handshakes: HandshakeLimits;
  clientAddress: ReturnType<typeof createClientAddress>;
  askedFor: AskedFor;
  sessions: Sessions;
  knownDevices: KnownDevices;
  /** The same two for a browser that came over HTTPS, be it to us or to a trusted proxy: their cookies stay there. */
  overHttps: { sessions: Sessions; knownDevices: KnownDevices };
  /** In which strangers' passwords are looked at, by account. */
  passwordTurns: Turns;
  /** The same for who is known to an account: a crowd of strangers keeps none of them waiting. */
  knownTurns: Turns;
  sockets: AgentSockets;
  tokens: TokenSigner;
  presence: Presence;
  samples: RecentSamples;
  keptSamples: SampleKeeper;
  health: Health;
  hostCounts: HostCountKeeper;
  scrapes: Scrapes;
  hub: Hub;
}

/**
 * On a migrated database. `presence`, `audit` and then `writer` run from here on and are to be stopped. @throws
 * CertificateFileError
 */
export async function createServices({
  config,
  log,
  db,
  readsOf,
  measures = createMeasures(),
}: Pick<Services, 'config' | 'log' | 'db' | 'readsOf'> & Partial<Pick<Services, 'measures'>>): Promise<Services> {
  const events = createEventBus();
  const { hasApproved, hasRecords } = await findDependents(db);
  const authority = await loadAuthority(config.certificates.path, {
    passphrases: await readPassphrases(config),
    mayMake: !hasApproved,
    mustMake: config.newCa,
  });
  const secret = await loadSecret(config, { mayMake: !hasRecords });
  const limits = createLimits(config);
  const name = nameForCookies(config, secret);
  const cookies = (secure: boolean) => ({
    sessions: createSessions(db, { secure, name }),
    knownDevices: createKnownDevices(secret, { secure, name }),
  });
  const listeners = createListeners();
  const { enrolment, heartbeat } = config;
  const handshakes = createHandshakeLimits({ limits, enrolment, log, hostsFrom: await findHostAddresses(db) });
  const graceMs = heartbeat.grace_seconds * 1000;
  const writer = createGroupCommit();
  const samples = createRecentSamples(events, { heartbeatSeconds: heartbeat.interval_seconds });
  const reports = createReports({ db, log, writer });
  const presence = await startPresence({ db, events, log, writer, reports, graceMs, isDoorBusy: handshakes.isBusy });
  const secretParameters = createSecretParameters(deriveKey(secret, 'command parameters'));
  const commandDispatch = createDispatch({ db, log, events, secretParameters });
  const keptBytes = config.commands.output_bytes;
  return {
    config,
    log,
    db,
    readsOf,
    events,
    writer,
    reports,
    factWriter: createFactWriter({ db, log, events, writer, config }),
    secretParameters,
    configurationSeal: createSeal(deriveKey(secret, 'configuration')),
    wantedConfiguration: createLookTogether(db),
    commandDispatch,
    runReports: createRunReports({ db, log, events, writer, commandDispatch, keptBytes }),
    audit: createAuditTrail({ db, log, writer, secret }),
    authority,
    revocationLists: createRevocationLists({ db, authority, events }),
    certificateWatch: createCertificateWatch({ db, events, authority, config, listeners, log }),
    challenges: createChallenges(secret),
    connections: createConnectionTokens(),
    listeners,
    limits,
    readiness: createReadiness({ db, log, authority, config }),
    measures,
    handshakes,
    clientAddress: createClientAddress(config.trusted_proxies),
    presence,
    askedFor: createAskedFor(config.trusted_proxies),
    ...cookies(Boolean(config.tls.cert)),
    overHttps: cookies(true),
    passwordTurns: createSignInTurns(),
    knownTurns: createSignInTurns(),
    sockets: createAgentSockets(events),
    tokens: createTokenSigner(secret),
    samples,
    keptSamples: createSampleKeeper({ db, log, writer }),
    health: await startHealth({ db, log, writer, events, heartbeatSeconds: heartbeat.interval_seconds }),
    hostCounts: createHostCounts({ db, events, presence }),
    scrapes: createScrapes(),
    // What else decides what somebody sees closes their pages: sign-outs, roles, grants.
    hub: createHub({ log, sightVersion: () => findMembersVersion(db) }),
  };
}
