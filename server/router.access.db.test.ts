import { createHash } from 'node:crypto';
import { and, eq, inArray } from 'drizzle-orm';
import { expect, test } from 'vitest';
import {
  certificates,
  clones,
  configurationLayers,
  hostConfigurations,
  fleetHosts,
  fleetMembers,
  fleets,
  commandOutputs,
  commandRuns,
  commands,
  hostEnrolments,
  hostEvents,
  hostPresence,
  hosts,
} from '../db/schema';
import type { AgentIdentity } from './agents/agent-identity';
import { HOST_PERMISSIONS, type HostPermission, type Permission, PERMISSIONS, permissionsOf } from './auth/permissions';
import { EVERY } from './events';
import { settleDue } from './fleets/settle-due';
import { type NewHost, seedHosts } from './hosts/testing';
import { appRouter } from './router';
import type { Services } from './services';
import { callerFor, personOf, personOn, sessionOf, strangerOf, testServices } from './testing';

const KEYS = PERMISSIONS.map((permission) => `key for ${permission}` as const);

/** Everybody there is to the server. A key for one permission has no other. */
const EVERYBODY = [
  'viewer',
  'runner',
  'operator',
  'administrator',
  'operator of some hosts',
  'nobody',
  'stranger',
  'person on the API listener',
  'API key',
  ...KEYS,
  'host',
  'connected host',
] as const;
type Who = (typeof EVERYBODY)[number];

// A person's session counts where cookies are read, which is the web listener; a guard by permission asks for no
// listener.
const administrators: Who[] = ['administrator', 'person on the API listener', 'API key'];
const operators: Who[] = ['operator', ...administrators];
const runners: Who[] = ['runner', ...operators];
const readers: Who[] = ['viewer', ...runners];
/** What is done to hosts is let through to the ones that they have a role on: see the tests at the end. */
const some: Who[] = ['operator of some hosts'];

/** Who has each permission, apart from the key for it. */
const HAS: Record<Permission, Who[]> = {
  'hosts.read': [...readers, ...some],
  'hosts.update': [...operators, ...some],
  'hosts.approve': [...operators, ...some],
  'hosts.revoke': [...operators, ...some],
  'hosts.delete': [...operators, ...some],
  'configuration.read': [...readers, ...some],
  'configuration.write': [...operators, ...some],
  'fleets.manage': operators,
  'health.manage': operators,
  'enrolment.manage': operators,
  'discovery.read': operators,
  'discovery.manage': administrators,
  'certificates.read': [...readers, ...some],
  'certificates.rotate': [...operators, ...some],
  'commands.read': [...runners, ...some],
  'commands.runNamed': [...runners, ...some],
  'commands.run': [...operators, ...some],
  'commands.cancel': [...operators, ...some],
  'commands.shell': administrators,
  'users.read': administrators,
  'users.manage': administrators,
  'audit.read': administrators,
};

/** Whom the guards let in that ask for no permission. */
const IS = {
  /** It is their own: a key may do none of it, whatever it names. */
  own: ['viewer', 'runner', 'operator', 'administrator', 'operator of some hosts', 'person on the API listener'],
  visitor: ['viewer', 'runner', 'operator', 'administrator', 'operator of some hosts', 'nobody'],
  machine: ['stranger', 'person on the API listener', 'API key', ...KEYS, 'host'],
  host: ['host'],
  'connected host': ['connected host'],
} satisfies Record<string, Who[]>;

/** `everywhere`: of what may be had on some hosts, it is about all of them. */
type Asked = Permission | 'commands.runNamed or commands.run' | `${HostPermission} everywhere` | keyof typeof IS;

/** What each procedure asks for. One that is not here fails the test: whoever adds one says whom it is for. */
const MAY: Record<string, Asked> = {
  'agents.register': 'machine',
  'agents.enrolment': 'machine',
  'agents.certificate': 'machine',
  'agents.connectionToken': 'host',
  'agents.hello': 'connected host',
  'agents.commandUpdate': 'connected host',
  'agents.heartbeat': 'connected host',
  'agents.offerFacts': 'connected host',
  'agents.reportFacts': 'connected host',
  'agents.renewCertificate': 'connected host',
  'agents.reportError': 'connected host',
  'agents.configuration': 'connected host',
  'agents.configReport': 'connected host',
  'agents.inbox': 'connected host',
  'apiKeys.list': 'own',
  'apiKeys.create': 'own',
  'apiKeys.revoke': 'own',
  'audit.list': 'audit.read',
  'audit.export': 'audit.read',
  'certificates.served': 'certificates.read',
  'certificates.held': 'certificates.read',
  'certificates.export': 'certificates.read',
  'certificates.warnings': 'certificates.read',
  'configuration.schema': 'configuration.read',
  'configuration.global': 'configuration.read everywhere',
  'configuration.saveGlobal': 'configuration.write everywhere',
  'configuration.globalVersions': 'configuration.read everywhere',
  'configuration.previewGlobal': 'configuration.read everywhere',
  'configuration.order': 'configuration.read',
  'configuration.saveOrder': 'configuration.write everywhere',
  'configuration.previewOrder': 'configuration.read everywhere',
  'configuration.fleet': 'configuration.read',
  'configuration.saveFleet': 'configuration.write',
  'configuration.fleetVersions': 'configuration.read',
  'configuration.previewFleet': 'configuration.read',
  'configuration.host': 'configuration.read',
  'configuration.saveHost': 'configuration.write',
  'configuration.hostVersions': 'configuration.read',
  'configuration.previewHost': 'configuration.read',
  'configuration.ofHost': 'configuration.read',
  'configuration.adopt': 'configuration.write',
  'configuration.putBack': 'configuration.write',
  'configuration.push': 'configuration.write',
  'commands.send': 'commands.runNamed or commands.run',
  'commands.preview': 'commands.runNamed or commands.run',
  'commands.kinds': 'commands.read',
  'commands.list': 'commands.read',
  'commands.byId': 'commands.read',
  'commands.runs': 'commands.read',
  'commands.page': 'commands.read',
  'commands.differences': 'commands.read',
  'commands.abilities': 'commands.read',
  'commands.run': 'commands.read',
  'commands.output': 'commands.read',
  'commands.outputFile': 'commands.read',
  'commands.cancel': 'commands.cancel',
  'discovery.get': 'discovery.read',
  'discovery.switch': 'discovery.manage',
  'enrolmentTokens.list': 'enrolment.manage',
  'enrolmentTokens.create': 'enrolment.manage',
  'enrolmentTokens.revoke': 'enrolment.manage',
  'facts.get': 'hosts.read',
  'facts.history': 'hosts.read',
  'facts.software': 'hosts.read',
  'fleets.list': 'hosts.read',
  'fleets.byId': 'hosts.read',
  'fleets.live': 'hosts.read',
  'fleets.names': 'hosts.read',
  'fleets.ofHosts': 'hosts.read',
  'fleets.hosts': 'hosts.read',
  'fleets.explain': 'hosts.read',
  'fleets.events': 'hosts.read',
  'fleets.create': 'fleets.manage',
  'fleets.update': 'fleets.manage',
  'fleets.delete': 'fleets.manage',
  'fleets.preview': 'fleets.manage',
  'fleets.putHost': 'fleets.manage',
  'fleets.putHostByName': 'fleets.manage',
  'fleets.removeHost': 'fleets.manage',
  'fleets.leaveToRule': 'fleets.manage',
  'health.rules': 'hosts.read everywhere',
  'health.saveRules': 'health.manage',
  'health.findings': 'hosts.read',
  'hosts.list': 'hosts.read',
  'jobs.list': 'hosts.read',
  'jobs.byId': 'hosts.read',
  'jobs.page': 'hosts.read',
  'jobs.hosts': 'hosts.read',
  'jobs.propose': 'hosts.read',
  'jobs.start': 'hosts.read',
  'jobs.cancel': 'hosts.read',
  'dashboard.overview': 'hosts.read',
  'dashboard.quarter': 'hosts.read',
  'inventory.ansible': 'hosts.read',
  'inventory.prometheus': 'hosts.read',
  'hosts.export': 'hosts.read',
  'hosts.suggestTags': 'hosts.read',
  'hosts.waiting': 'hosts.read',
  'hosts.counts': 'hosts.read',
  'hosts.byId': 'hosts.read',
  'hosts.byFqdn': 'hosts.read',
  'hosts.page': 'hosts.read',
  'hosts.certificate': 'hosts.read',
  'hosts.events': 'hosts.read',
  'hosts.samples': 'hosts.read',
  'hosts.metrics': 'hosts.read',
  'hosts.chart': 'hosts.read',
  'metrics.prometheus': 'hosts.read',
  'metrics.query': 'hosts.read',
  'hosts.cloned': 'hosts.read',
  'hosts.namesakes': 'hosts.read',
  'hosts.update': 'hosts.update',
  'hosts.approve': 'hosts.approve',
  'hosts.adoptName': 'hosts.approve',
  'hosts.reject': 'hosts.approve',
  'hosts.keep': 'hosts.approve',
  'hosts.replace': 'hosts.approve',
  'hosts.split': 'hosts.approve',
  'hosts.dismissClone': 'hosts.approve',
  'hosts.rotateCertificate': 'certificates.rotate',
  'hosts.revoke': 'hosts.revoke',
  'hosts.delete': 'hosts.delete',
  'live.stream': 'own',
  'live.watch': 'own',
  'profile.get': 'own',
  'profile.update': 'own',
  'profile.changePassword': 'own',
  'profile.signOutElsewhere': 'own',
  'rules.read': 'hosts.read',
  'savedCommands.list': 'commands.read',
  'savedCommands.byId': 'commands.read',
  'savedCommands.create': 'commands.run everywhere',
  'savedCommands.update': 'commands.run everywhere',
  'savedCommands.delete': 'commands.run everywhere',
  'savedCommands.runners': 'users.read',
  'savedCommands.addRunner': 'users.manage',
  'savedCommands.removeRunner': 'users.manage',
  'tokens.login': 'machine',
  'tokens.logout': 'own',
  'users.setupOpen': 'visitor',
  'users.setup': 'visitor',
  'users.signIn': 'visitor',
  'users.signOut': 'visitor',
  'views.list': 'own',
  'views.save': 'own',
  'views.delete': 'own',
  'users.me': 'visitor',
  'users.link': 'visitor',
  'users.useLink': 'visitor',
  'users.list': 'users.read',
  'users.onFleet': 'users.read',
  'users.export': 'users.read',
  'users.byId': 'users.read',
  'users.invite': 'users.manage',
  'users.update': 'users.manage',
  'users.giveFleetRole': 'users.manage',
  'users.takeFleetRole': 'users.manage',
  'users.deactivate': 'users.manage',
  'users.activate': 'users.manage',
  'users.unlock': 'users.manage',
  'users.signOutEverywhere': 'users.manage',
  'users.renewLink': 'users.manage',
  'users.delete': 'users.manage',
};

/** In the order of `EVERYBODY`. */
function whoMay(asked: Asked): Who[] {
  if (asked in IS) return EVERYBODY.filter((who) => IS[asked as keyof typeof IS].includes(who as never));
  const isEverywhere = asked.endsWith(' everywhere');
  const may = asked
    .replace(/ everywhere$/, '')
    .split(' or ')
    .flatMap((one): Who[] => [...HAS[one as Permission], `key for ${one as Permission}`])
    .filter((who) => !isEverywhere || !some.includes(who));
  return EVERYBODY.filter((who) => may.includes(who));
}

type Callers = Record<Who, ReturnType<typeof callerFor>>;

async function everybody(): Promise<Callers> {
  const services = await testServices();
  const agent = { hostId: '01890000-0000-7000-8000-000000000001', serial: '1' } as AgentIdentity;
  const roles = ['viewer', 'runner', 'operator', 'administrator'] as const;
  const [viewer, runner, operator, administrator] = await Promise.all(roles.map((role) => personOf(services, role)));
  const hostIds = await seedHosts(services.db, [{}]);
  const withKey = (permissions: ReadonlySet<Permission>) =>
    callerFor(services, { listener: 'api', session: { ...sessionOf(), via: 'key', keyName: 'nightly', permissions } });
  return {
    viewer: viewer!,
    runner: runner!,
    operator: operator!,
    administrator: administrator!,
    'operator of some hosts': await personOn(services, { role: 'operator', hostIds }),
    nobody: callerFor(services),
    stranger: strangerOf(services),
    'person on the API listener': await personOf(services, 'administrator', 'scripts@example.com', { listener: 'api' }),
    'API key': withKey(permissionsOf('administrator')),
    ...(Object.fromEntries(
      PERMISSIONS.map((permission) => [`key for ${permission}`, withKey(new Set([permission]))]),
    ) as Record<(typeof KEYS)[number], Callers[Who]>),
    host: callerFor(services, { listener: 'api', agent }),
    'connected host': callerFor(services, { listener: 'channel', agent }),
  };
}

/**
 * Whether the guard lets them through. The input is one that no schema takes: what has one is not run behind its guard.
 */
async function isLetThrough(caller: Callers[Who], path: string): Promise<boolean> {
  try {
    const answer = await procedureOf(caller, path)(0);
    // A subscription that was opened; it has not begun to run.
    if (typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer)
      await (answer as AsyncGenerator)[Symbol.asyncIterator]().return(undefined);
    return true;
  } catch (error) {
    const code = (error as { appCode?: string }).appCode;
    return code !== 'auth.forbidden' && code !== 'auth.required';
  }
}

test('every procedure lets in exactly whom the table names', async () => {
  const callers = await everybody();
  const found: Record<string, Who[]> = {};
  for (const path of Object.keys(appRouter._def.procedures)) {
    const letIn = await Promise.all(EVERYBODY.map((who) => isLetThrough(callers[who], path)));
    found[path] = EVERYBODY.filter((_, i) => letIn[i]);
  }
  expect(found).toEqual(Object.fromEntries(Object.entries(MAY).map(([path, asked]) => [path, whoMay(asked)])));
  // A thousand calls, and most refusals are written down.
}, 60_000);

const idOf = (n: number) => `01890000-0000-7000-8000-0000000000${n.toString(16).padStart(2, '0')}`;
const at = new Date('2026-01-31T12:00:00Z');
const NAME = 'db-01.example.com';

/** The hosts of whoever asks: of each kind one, of which one wants a name that somebody else's host has. */
const MINE: NewHost[] = [
  { id: idOf(1), fqdn: 'web-01.example.com', presence: 'up', tags: ['mine:1'] },
  { id: idOf(2), fqdn: 'new-01.example.com', approval: 'pending' },
  { id: idOf(3), fqdn: NAME, approval: 'conflict' },
];
/** And the others. The fourth wants the name of one of the first. */
const THEIRS: NewHost[] = [
  { id: idOf(0x11), fqdn: NAME, presence: 'up', tags: ['mine:1', 'theirs:1'] },
  { id: idOf(0x12), fqdn: 'db-02.example.com', reportedFqdn: 'db-03.example.com', presence: 'down' },
  { id: idOf(0x13), fqdn: 'new-02.example.com', approval: 'pending' },
  { id: idOf(0x14), fqdn: 'web-01.example.com', approval: 'conflict' },
  { id: idOf(0x15), fqdn: 'old-01.example.com', approval: 'revoked' },
  { id: idOf(0x16), fqdn: 'old-02.example.com', approval: 'rejected' },
];
/** A fleet of whoever asks; its rule is true of what one of the others claims to be, too. And one of the others. */
const MY_FLEET = { id: idOf(0x30), name: 'Mine', rule: 'name starts with "new-"', reads: ['fqdn'], createdAt: at };
const THEIR_FLEET = { id: idOf(0x31), name: 'Theirs', rule: 'name starts with "db-"', reads: ['fqdn'], createdAt: at };
const theirIds = THEIRS.map(({ id }) => id!);
const eachOf = (more: object = {}) => theirIds.map((hostId) => ({ hostId, ...more }));

const eachFleet = (more: object = {}) => [MY_FLEET, THEIR_FLEET].map(({ id }) => ({ fleetId: id, ...more }));

/** Of two commands the first went to both kinds of hosts, the other to others' alone. */
const [COMMAND, THEIR_COMMAND] = [idOf(0x31), idOf(0x32)];
const eachCommand = (more: object = {}) => [COMMAND, THEIR_COMMAND].map((commandId) => ({ commandId, ...more }));
const eachRun = eachCommand().flatMap((command) => [idOf(1), ...theirIds].map((hostId) => ({ ...command, hostId })));
const SCRIPT = { kind: 'execute_shell', parameters: { script: 'uptime' } };
const RESTART = { kind: 'restart_service', parameters: { service: 'nginx', action: 'restart' } };
const wrongTargets = [
  ...[{ hostIds: theirIds }, { hostIds: [idOf(1), ...theirIds] }, { platform: 'openbsd' }],
  { runsOf: { commandId: THEIR_COMMAND } },
];

/**
 * What is asked of each procedure that one may call for some hosts. Whoever adds such a procedure says here how it is
 * called about hosts that are not the caller's; without a host in its input it is called as it is.
 */
const ASKED: Record<string, unknown[]> = {
  'facts.get': eachOf(),
  'facts.history': eachOf(),
  'facts.software': [{ name: 'openssl' }, { name: 'openssl', version: `of ${NAME}` }],
  'health.findings': eachOf(),
  'hosts.list': [
    {},
    { search: 'db-0' },
    { state: 'up' },
    { waiting: false },
    ...[{ filter: 'name starts with "db-"' }, { filter: 'not name = x' }, { filter: 'state = pending' }],
    ...[{ filter: 'package has openssl contains db' }, { filter: 'not package has openssl' }],
    ...[{ fleet: MY_FLEET.id }, { fleet: THEIR_FLEET.id }],
    { sort: 'lastSeen', direction: 'desc', limit: 1 },
  ],
  // Of whom they tell what: server/list/export-list.db.test.ts, server/metrics/prometheus/prometheus-hosts.db.test.ts.
  'hosts.export': [{}],
  'certificates.export': [{}],
  'metrics.prometheus': [{}],
  'jobs.list': [{}],
  'jobs.byId': [{ jobId: idOf(0x30) }],
  'jobs.page': [{ jobId: idOf(0x30) }],
  'jobs.hosts': [{ jobId: idOf(0x30) }],
  'jobs.start': [{ jobId: idOf(0x30) }],
  'jobs.cancel': [{ jobId: idOf(0x30) }],
  'jobs.propose': [
    { act: { act: 'revoke' }, targets: { matching: {} } },
    { act: { act: 'delete' }, targets: { matching: { fleet: THEIR_FLEET.id } } },
    { act: { act: 'addTags', tags: ['x'] }, targets: { hostIds: [idOf(1), ...theirIds] } },
    { act: { act: 'revoke' }, targets: { hostIds: theirIds } },
    { act: { act: 'putInFleet', fleetId: THEIR_FLEET.id }, targets: { matching: {} } },
  ],
  'dashboard.overview': [undefined],
  'dashboard.quarter': [{ at: '2026-01-31T12:00:00Z' }],
  'inventory.ansible': [{}, { fleet: MY_FLEET.id }, { fleet: THEIR_FLEET.id }, { filter: 'not name = x' }],
  'inventory.prometheus': [{}, { fleet: MY_FLEET.id }, { fleet: THEIR_FLEET.id }, { filter: 'not name = x' }],
  'rules.read': [{ rule: 'name = x' }, { rule: '' }],
  'fleets.list': [{}, { search: 'e' }, { search: 'Theirs' }],
  'fleets.byId': [{ fleetId: MY_FLEET.id }, { fleetId: THEIR_FLEET.id }],
  'fleets.live': [{ fleetId: MY_FLEET.id }, { fleetId: THEIR_FLEET.id }],
  'fleets.names': [{}, { search: 'e' }, { search: 'Theirs' }],
  'fleets.ofHosts': [{ hostIds: theirIds }, { hostIds: [idOf(1), idOf(2), ...theirIds] }],
  'fleets.hosts': [
    ...[{ fleetId: MY_FLEET.id }, { fleetId: THEIR_FLEET.id }],
    ...[
      { fleetId: MY_FLEET.id, state: 'pending' },
      { fleetId: MY_FLEET.id, search: '-02' },
    ],
  ],
  'fleets.events': [{ fleetId: MY_FLEET.id }, { fleetId: THEIR_FLEET.id }],
  'fleets.explain': [...eachOf({ fleetId: MY_FLEET.id }), { hostId: idOf(1), fleetId: THEIR_FLEET.id }],
  'hosts.suggestTags': [{}, { prefix: 'e' }, { prefix: 'theirs' }],
  'hosts.waiting': [{}, { state: 'conflict' }, { search: '-02' }],
  'hosts.cloned': [undefined],
  'hosts.counts': [undefined],
  'hosts.byId': eachOf(),
  'hosts.byFqdn': [...THEIRS, ...MINE].map(({ fqdn }) => ({ fqdn })),
  'hosts.page': eachOf(),
  'hosts.certificate': eachOf(),
  'hosts.events': eachOf(),
  'hosts.samples': eachOf(),
  'hosts.chart': eachOf({ from: 0, to: 3600 }),
  'hosts.metrics': [...eachOf(), ...eachOf({ step: '1h', metrics: 'cpu' })],
  'metrics.query': [
    ...[{}, { hosts: theirIds.join() }, { fleet: THEIR_FLEET.id }, { filter: 'not name = x' }].map((which) => {
      return { metrics: 'cpu', ...which };
    }),
  ],
  'hosts.namesakes': [...eachOf(), ...MINE.map(({ id }) => ({ hostId: id }))],
  'hosts.update': eachOf({ notes: 'mine now' }),
  'hosts.approve': eachOf(),
  'hosts.adoptName': eachOf({ fqdn: 'db-03.example.com' }),
  'hosts.reject': eachOf(),
  'hosts.keep': [...eachOf(), { hostId: idOf(3) }],
  'hosts.replace': [...eachOf(), { hostId: idOf(3) }],
  'hosts.split': eachOf({ keep: idOf(0x12) }),
  'hosts.dismissClone': eachOf(),
  'hosts.rotateCertificate': [{ hostIds: theirIds }, { hostIds: [idOf(1), ...theirIds] }, { all: true }],
  'hosts.revoke': eachOf(),
  'hosts.delete': eachOf(),
  'configuration.schema': [undefined],
  'configuration.order': [undefined],
  'configuration.fleet': eachFleet(),
  'configuration.fleetVersions': eachFleet(),
  'configuration.saveFleet': eachFleet({ document: 'log: { level: debug }', etag: '"0"' }),
  'configuration.previewFleet': eachFleet({ text: 'log: { level: warn }' }),
  'configuration.host': eachOf(),
  'configuration.saveHost': eachOf({ document: 'log: { level: debug }', etag: '"0"' }),
  'configuration.hostVersions': eachOf(),
  'configuration.previewHost': eachOf({ text: 'log: { level: debug }' }),
  'configuration.ofHost': eachOf(),
  'configuration.adopt': eachOf(),
  'configuration.putBack': eachOf(),
  'configuration.push': [
    { targets: { hostIds: theirIds } },
    { targets: { hostIds: [idOf(1), ...theirIds] } },
    { targets: { platform: 'linux' } },
    ...eachFleet().map((targets) => ({ targets })),
    { targets: { filter: { search: 'db-0' } } },
    { targets: { all: true } },
    { config_data: { log: { level: 'debug' } }, push_to_all: true },
    { config_data: { log: { level: 'debug' } }, target_platform: 'Linux' },
    ...THEIRS.map(({ fqdn }) => ({ config_data: { log: { level: 'debug' } }, target_hostname: fqdn })),
  ],
  'commands.send': [
    ...wrongTargets.map((targets) => ({ ...RESTART, targets })),
    { ...SCRIPT, targets: { all: true } },
    { ...RESTART, targets: { all: true }, targetCount: 3 },
  ],
  'commands.preview': [
    ...[...wrongTargets, { all: true }, { filter: { search: 'db' } }],
    { runsOf: { commandId: COMMAND, states: ['queued'] } },
  ].map((targets) => ({ ...RESTART, targets })),
  'commands.kinds': [undefined],
  'commands.list': [
    ...[{}, { show: 'open' }, { show: 'over' }],
    ...[...theirIds.map((hostId) => ({ hostId })), ...eachFleet()],
  ],
  'commands.byId': eachCommand(),
  'commands.page': [...eachCommand(), ...eachCommand({ state: 'queued' })],
  'commands.differences': eachCommand(),
  'commands.abilities': eachOf(),
  'commands.runs': [...eachCommand(), ...eachCommand({ state: 'queued', limit: 1 })],
  'commands.run': eachRun,
  'commands.output': eachRun,
  'commands.outputFile': eachRun,
  'commands.cancel': [...eachCommand({ hostIds: theirIds }), ...eachCommand()],
  // They are of no host.
  'savedCommands.list': [{}, { search: 'db' }],
  'savedCommands.byId': [{ savedCommandId: idOf(0x31) }],
  'certificates.served': [undefined],
  'certificates.held': [{}, { show: 'overdue' }, { show: 'expired' }],
  'certificates.warnings': [undefined],
};

/** Where two servers differ that have nothing to do with each other's hosts. Of `feed`: server/live/hub.test.ts. */
const OF_THE_SERVER = new Set(['feed']);
const withoutServer = (answer: unknown) =>
  JSON.stringify(answer, (key, value: unknown) => (OF_THE_SERVER.has(key) ? undefined : withoutMade(value))) ??
  'nothing';

/** A job that was just proposed has an id and a time of its own. */
const withoutMade = (value: unknown) =>
  value !== null && typeof value === 'object' && 'proposedAt' in value
    ? { ...value, id: undefined, proposedAt: undefined }
    : value;

/**
 * A server with these hosts, and who asks there: a person with a role on `MINE`, one with a role on the fleet that has
 * these, and a key of each.
 */
async function serverWith(wanted: NewHost[], onQuery?: () => void) {
  const services = await testServices({}, onQuery);
  await seedHosts(
    services.db,
    wanted.map((host) => ({ registeredAt: at, keyFingerprint: `key of ${host.id}`, ...host })),
  );
  const approved = wanted.filter(({ approval }) => approval === undefined);
  await services.db
    .insert(certificates)
    .values(
      approved.map(({ id }) => ({
        ...{
          serial: id!.slice(-4).toUpperCase(),
          hostId: id!,
          keyFingerprint: `key of ${id}`,
          fingerprint: '-',
          pem: '-',
        },
        ...{ issuedAt: at, notBefore: at, notAfter: new Date('2026-04-30T12:00:00Z') },
      })),
    );
  for (const { id, fqdn } of approved) {
    const facts = { openssl: `of ${fqdn}` };
    const told = { section: 'packages', hash: fqdn!, at, bytes: 1 } as const;
    await services.factWriter.add({ ...told, hostId: id!, facts });
  }
  const clone = approved.find(({ id }) => id === idOf(0x12));
  const side = { id: idOf(0x20), address: '192.0.2.7', connectedAt: at.toISOString() };
  if (clone) await services.db.insert(clones).values({ hostId: clone.id!, first: side, second: side });
  const isFull = wanted.length > MINE.length;
  await services.db.insert(fleets).values(isFull ? [MY_FLEET, THEIR_FLEET] : [MY_FLEET]);
  const listed = { fleetId: MY_FLEET.id, kind: 'listed', by: 'admin@example.com' } as const;
  await services.db.insert(fleetMembers).values(MINE.map(({ id }) => ({ ...listed, hostId: id! })));
  await settleDue(services);
  await seedCommands(
    services,
    approved.map(({ id }) => id!),
  );
  await services.db.update(fleetHosts).set({ since: at });
  if (isFull) {
    const claimed = and(eq(fleetHosts.fleetId, MY_FLEET.id), eq(fleetHosts.how, 'claimed'));
    expect(await services.db.$count(fleetHosts, claimed), 'what a stranger claims').toBe(1);
  }
  const people = [
    await personOn(services, { role: 'operator', hostIds: MINE.map(({ id }) => id!) }),
    await personOn(services, { role: 'operator', fleetIds: [MY_FLEET.id] }),
  ];
  const keys = await Promise.all(
    people.map(async (person) => {
      const session = sessionOf((await person.users.me())!);
      return callerFor(services, { listener: 'api', session: { ...session, via: 'key', keyName: 'nightly' } });
    }),
  );
  return { services, callers: [...people, ...keys] };
}

/** Both commands on these hosts, each with a line that it wrote. */
async function seedCommands({ db }: Services, hostIds: string[]): Promise<void> {
  const sent = { ...RESTART, targets: { hostIds }, timeoutSeconds: 60, createdAt: at, author: 'admin@example.com' };
  const expiresAt = new Date('2036-01-31T12:00:00Z');
  const theirs = hostIds.filter((id) => theirIds.includes(id));
  for (const [id, on] of [
    [COMMAND, hostIds],
    [THEIR_COMMAND, theirs],
  ] as const) {
    if (on.length === 0) continue;
    const runs = on.map((hostId) => ({ commandId: id, hostId }));
    const digestOf = (hostId: string) => createHash('sha256').update(hostId).digest();
    await db.insert(commands).values({ id, expiresAt, ...sent });
    await db
      .insert(commandRuns)
      .values(
        runs.map((run) => ({
          ...{ ...run, state: 'queued' as const, deadline: expiresAt, outputDigest: digestOf(run.hostId) },
        })),
      );
    await db
      .insert(commandOutputs)
      .values(runs.map((run) => ({ ...run, offset: 0, stream: 'stdout' as const, bytes: Buffer.from(run.hostId) })));
  }
}

const procedureOf = (caller: Callers[Who], path: string) =>
  path.split('.').reduce<unknown>((tree, name) => (tree as Record<string, unknown>)[name], caller) as (
    input: unknown,
  ) => Promise<unknown>;

/** Everything that is kept of the others' hosts. */
async function rowsOfTheirs({ db }: Pick<Services, 'db'>): Promise<unknown> {
  return Promise.all([
    db.select().from(hosts).where(inArray(hosts.id, theirIds)).orderBy(hosts.id),
    db.select().from(certificates).where(inArray(certificates.hostId, theirIds)).orderBy(certificates.serial),
    ...[
      ...[hostEvents, clones, hostPresence, hostEnrolments, hostConfigurations, configurationLayers],
      ...[commandRuns, commandOutputs],
    ].map((table) => db.select().from(table).where(inArray(table.hostId, theirIds)).orderBy(table.hostId)),
  ]);
}

test('nothing tells an operator of some hosts whether there are others', async () => {
  const ofHosts = Object.entries(MAY).flatMap(([path, asked]) =>
    HOST_PERMISSIONS.includes(asked.split(' or ')[0] as HostPermission) ? [path] : [],
  );
  expect(Object.keys(ASKED).sort(), 'each procedure that may be called for some hosts, and no other').toEqual(
    ofHosts.sort(),
  );
  const [full, empty] = await Promise.all([serverWith([...MINE, ...THEIRS]), serverWith(MINE)]);
  const before = await rowsOfTheirs(full.services);
  const renewed = new Set<string>();
  full.services.events.listen('inbox.changed', EVERY, ({ hostId }) => renewed.add(hostId));

  for (const [path, inputs] of Object.entries(ASKED)) {
    for (const [i, caller] of full.callers.entries()) {
      for (const input of inputs) {
        const said = await outcomeOf(caller, path, input);
        const what = `${path} ${JSON.stringify(input)}`;
        if (path !== 'certificates.served') expect(said, what).toEqual(await outcomeOf(empty.callers[i]!, path, input));
        for (const id of theirIds) expect(said, what).not.toContain(id);
      }
    }
  }
  expect(await rowsOfTheirs(full.services)).toEqual(before);
  expect([...renewed]).toEqual([idOf(1)]);
}, 120_000);

test('a host, fleet or command that one does not see is looked for by as many statements as one that is not there', async () => {
  let statements = 0;
  const { callers } = await serverWith([...MINE, ...THEIRS], () => void statements++);
  const theirs = [...theirIds, THEIR_FLEET.id, THEIR_COMMAND];
  const isTheirs = (input: string) => theirs.some((id) => input.includes(id));
  const isMine = (input: string) =>
    [...MINE.map(({ id }) => id!), MY_FLEET.id, COMMAND].some((id) => input.includes(id));
  const nowhere = (input: string) =>
    theirs.reduce((text, id) => text.replaceAll(id, id.replace(/^0189/, 'ffff')), input);
  const countOf = async (caller: Callers[Who], path: string, input: string) => {
    const before = statements;
    const said = await outcomeOf(caller, path, JSON.parse(input));
    return { said, statements: statements - before };
  };
  /** The fewest of several: what is written meanwhile of acts before is of no answer. */
  const fewestOf = async (caller: Callers[Who], path: string, inputs: [string, string]) => {
    let fewest: Awaited<ReturnType<typeof countOf>>[] | undefined;
    for (let round = 0; round < 3 || (round < 20 && fewest![0]!.statements !== fewest![1]!.statements); round++) {
      const found = [await countOf(caller, path, inputs[0]), await countOf(caller, path, inputs[1])];
      fewest = found.map((one, i) => (fewest && fewest[i]!.statements < one.statements ? fewest[i]! : one));
    }
    return fewest!;
  };
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
  const isAct = (path: string) => procedures[path]!._def.type === 'mutation';
  let asked = 0;
  for (const [path, inputs] of Object.entries(ASKED)) {
    for (const input of inputs.map((one) => JSON.stringify(one ?? null))) {
      if (!isTheirs(input) || isMine(input)) continue;
      // Their keys are let through by the same rows.
      for (const caller of callers.slice(0, 2)) {
        // What an act that finds nobody writes is sealed at some other time, by statements of nobody's answer.
        if (isAct(path) && !(await outcomeOf(caller, path, JSON.parse(input))).startsWith('refused')) continue;
        const [hidden, missing] = await fewestOf(caller, path, [input, nowhere(input)]);
        expect.soft(hidden, `${path} ${input}`).toEqual(missing);
        asked++;
      }
    }
  }
  expect(asked).toBeGreaterThan(200);
}, 240_000);

/** What is answered, as text: the answer, or the code of the refusal. */
async function outcomeOf(caller: Callers[Who], path: string, input: unknown): Promise<string> {
  try {
    return withoutServer(await procedureOf(caller, path)(input));
  } catch (error) {
    return `refused: ${(error as { appCode?: string }).appCode}`;
  }
}
