import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { auditRecords, certificates, clones, hostConfigurations, hosts, users } from '../../db/schema';
import { readEnrolmentToken } from '../../agent/enrolment-token';
import { adoptRenewal } from '../agents/adopt-renewal';
import { expireWaiting } from '../agents/enrolment/expire-waiting';
import { agentOf, enrolledHost, HELLO, holderOf, openAgentClient, proofOf, serveApi } from '../agents/testing';
import { makeCsr, makeKeys } from '../certificates/testing';
import { makeAble } from '../commands/testing';
import { seedHosts } from '../hosts/testing';
import { appRouter } from '../router';
import { browserOf, callerFor, registrationOf, testServices } from '../testing';
import { ensureConfiguredAdministrator, openSetup } from '../users/setup';
import { actionOf } from './record-refusal';

const PASSWORD = 'correct horse battery staple';
const address = '192.0.2.7';
const DAY_MS = 24 * 60 * 60 * 1000;

type World = Awaited<ReturnType<typeof startWorld>>;

/** A server with one administrator, and the ways to what changes need. */
async function startWorld() {
  const services = await testServices();
  const email = 'admin@example.com';
  const [user] = await services.db
    .insert(users)
    .values({ email, passwordHash: '-', role: 'administrator' })
    .returning();
  const admin = await browserOf(services, user!.id, { address });
  const machine = callerFor(services, { listener: 'api', address });
  const visitor = callerFor(services, { address });
  const approved = async () => (await seedHosts(services.db, [{}]))[0]!;
  const enrolled = () => enrolledHost(services, admin);
  const waiting = async (fqdn = 'new.example.com') =>
    (await machine.agents.register(await registrationOf(fqdn))).enrolmentId;
  const invited = () => admin.users.invite({ email: 'ann@example.com', name: 'Ann', role: 'administrator' });
  const member = async () => {
    const { userId, link } = await invited();
    await visitor.users.useLink({ token: link.token, password: PASSWORD });
    return { userId, self: await browserOf(services, userId, { address }) };
  };
  const conflicting = async () => {
    await admin.hosts.approve({ hostId: await waiting('known.example.com') });
    return waiting('known.example.com');
  };
  const cloned = async () => {
    const hostId = await approved();
    const side = { id: '01890000-0000-7000-8000-000000000009', address, connectedAt: new Date().toISOString() };
    await services.db.insert(clones).values({ hostId, first: side, second: side });
    return hostId;
  };
  const tokenCaller = async () => {
    await member();
    const { token } = await machine.tokens.login({ userid: 'ann@example.com', password: PASSWORD });
    return callerFor(services, { listener: 'api', bearer: token, address });
  };
  const keyId = async (self: ReturnType<typeof callerFor>) => {
    await self.apiKeys.create({ name: 'backup', permissions: ['hosts.read'], days: 1 });
    return (await self.apiKeys.list())[0]!.id;
  };
  /** A host that asked for its next certificate and has not used it yet. */
  const renewing = async () => {
    const host = await enrolled();
    const agent = { ...agentOf(host.hostId), ...holderOf(host.shown), fqdn: 'web-01.example.com' };
    const connected = callerFor(services, { listener: 'channel', agent, address });
    const { certificate } = await connected.agents.renewCertificate({ csr: await makeCsr(await makeKeys()) });
    return { agent, next: holderOf({ cert: certificate }) };
  };
  const enrolmentToken = {
    name: 'rack 4',
    expiresInHours: 1,
    maxUses: 1,
    autoApprove: false,
    servers: ['https://server.example.com'],
  };
  return {
    services,
    admin,
    machine,
    visitor,
    approved,
    enrolled,
    waiting,
    invited,
    member,
    conflicting,
    cloned,
    tokenCaller,
    keyId,
    renewing,
    enrolmentToken,
    fleet: async () => (await admin.fleets.create({ name: 'Lab' })).id,
    savedCommand: async () =>
      (await admin.savedCommands.create({ name: 'Describe', kind: 'get_system_info', parameters: {} })).id,
  };
}

interface Change {
  /** One successful call, and the world it happened in when that is another. */
  act: (world: World) => Promise<unknown>;
  /** What it was done to. */
  object: string;
  /** Which states its record has. What begins has only the one after, what ends only the one before. */
  states: ('before' | 'after')[];
  /** Who, where it is no person. */
  actor?: 'agent';
}

const BOTH: Change['states'] = ['before', 'after'];

const CHANGES: Record<string, Change> = {
  'agents.register': { act: ({ waiting }) => waiting(), object: 'host', states: ['after'], actor: 'agent' },
  'agents.certificate': {
    async act({ services, machine, enrolled }) {
      const { keys, hostId } = await enrolled();
      await services.db
        .update(certificates)
        .set({ notBefore: new Date(Date.now() - 91 * DAY_MS), notAfter: new Date(Date.now() - DAY_MS) })
        .where(eq(certificates.hostId, hostId));
      await machine.agents.certificate(
        await proofOf(keys, await machine.agents.register(await registrationOf('web-01.example.com', keys))),
      );
    },
    ...{ object: 'host', states: BOTH, actor: 'agent' },
  },
  'agents.renewCertificate': { act: ({ renewing }) => renewing(), object: 'host', states: BOTH, actor: 'agent' },
  'apiKeys.create': {
    act: async ({ member, keyId }) => keyId((await member()).self),
    object: 'apiKey',
    states: ['after'],
  },
  'apiKeys.revoke': {
    async act({ member, keyId }) {
      const { self } = await member();
      await self.apiKeys.revoke({ keyId: await keyId(self) });
    },
    ...{ object: 'apiKey', states: BOTH },
  },
  'commands.send': {
    act: async ({ admin, approved }) => {
      await approved();
      await admin.commands.send({ kind: 'get_system_info', parameters: {}, targets: { all: true } });
    },
    object: 'command',
    states: ['after'],
  },
  'commands.cancel': {
    async act({ services, admin, approved }) {
      await makeAble(services, [await approved()]);
      const { id } = await admin.commands.send({ kind: 'get_system_info', parameters: {}, targets: { all: true } });
      await admin.commands.cancel({ commandId: id });
    },
    ...{ object: 'command', states: ['after'] },
  },
  'savedCommands.create': {
    act: async ({ savedCommand }) => savedCommand(),
    object: 'savedCommand',
    states: ['after'],
  },
  'savedCommands.update': {
    act: async ({ admin, savedCommand }) =>
      admin.savedCommands.update({ savedCommandId: await savedCommand(), description: 'x' }),
    ...{ object: 'savedCommand', states: BOTH },
  },
  'savedCommands.delete': {
    act: async ({ admin, savedCommand }) => admin.savedCommands.delete({ savedCommandId: await savedCommand() }),
    ...{ object: 'savedCommand', states: ['before'] },
  },
  'savedCommands.addRunner': {
    act: async ({ admin, savedCommand }) =>
      admin.savedCommands.addRunner({ savedCommandId: await savedCommand(), role: 'runner' }),
    ...{ object: 'savedCommand', states: ['after'] },
  },
  'savedCommands.removeRunner': {
    async act({ admin, savedCommand }) {
      const savedCommandId = await savedCommand();
      const { id } = await admin.savedCommands.addRunner({ savedCommandId, role: 'runner' });
      await admin.savedCommands.removeRunner({ savedCommandId, runnerId: id });
    },
    ...{ object: 'savedCommand', states: ['before'] },
  },
  'configuration.push': {
    act: async ({ admin, approved }) => admin.configuration.push({ targets: { hostIds: [await approved()] } }),
    object: 'host',
    states: ['after'],
  },
  'configuration.saveGlobal': {
    act: ({ admin }) => admin.configuration.saveGlobal({ document: 'log: { level: debug }', etag: '"0"' }),
    object: 'configuration',
    states: BOTH,
  },
  ...Object.fromEntries(
    (['adopt', 'putBack'] as const).map((act): [string, Change] => [
      `configuration.${act}`,
      {
        async act({ services, admin, approved }) {
          const hostId = await approved();
          await admin.configuration.saveHost({ hostId, document: 'log: { level: debug }', etag: '"0"' });
          const local = { 'log.level': { value: 'warn', since: new Date().toISOString() } };
          await services.db.insert(hostConfigurations).values({ hostId, local });
          await admin.configuration[act]({ hostId });
        },
        ...{ object: 'host', states: BOTH },
      },
    ]),
  ),
  'configuration.saveOrder': {
    act: async ({ admin, fleet }) => admin.configuration.saveOrder({ fleetIds: [await fleet()], etag: '*' }),
    object: 'configuration',
    states: BOTH,
  },
  'configuration.saveFleet': {
    act: async ({ admin, fleet }) =>
      admin.configuration.saveFleet({ fleetId: await fleet(), document: 'log: { level: debug }', etag: '"0"' }),
    object: 'fleet',
    states: BOTH,
  },
  'configuration.saveHost': {
    act: async ({ admin, approved }) =>
      admin.configuration.saveHost({ hostId: await approved(), document: 'log: { level: debug }', etag: '"0"' }),
    object: 'host',
    states: BOTH,
  },
  'discovery.switch': { act: ({ admin }) => admin.discovery.switch({ to: 'off' }), object: 'discovery', states: BOTH },
  'health.saveRules': {
    act: ({ admin }) => admin.health.saveRules({ etag: '*', rules: [] }),
    object: 'health',
    states: BOTH,
  },
  'enrolmentTokens.create': {
    act: ({ admin, enrolmentToken }) => admin.enrolmentTokens.create(enrolmentToken),
    object: 'enrolmentToken',
    states: ['after'],
  },
  'enrolmentTokens.revoke': {
    act: async ({ admin, enrolmentToken }) =>
      admin.enrolmentTokens.revoke({ tokenId: (await admin.enrolmentTokens.create(enrolmentToken)).id }),
    ...{ object: 'enrolmentToken', states: BOTH },
  },
  'hosts.approve': {
    act: async ({ admin, waiting }) => admin.hosts.approve({ hostId: await waiting() }),
    object: 'host',
    states: BOTH,
  },
  'hosts.adoptName': {
    async act({ services, admin, approved }) {
      const hostId = await approved();
      await services.db.update(hosts).set({ reportedFqdn: 'shop-01.example.com' }).where(eq(hosts.id, hostId));
      await admin.hosts.adoptName({ hostId, fqdn: 'shop-01.example.com' });
    },
    ...{ object: 'host', states: BOTH },
  },
  'hosts.reject': {
    act: async ({ admin, waiting }) => admin.hosts.reject({ hostId: await waiting() }),
    object: 'host',
    states: BOTH,
  },
  'hosts.keep': {
    act: async ({ admin, conflicting }) => admin.hosts.keep({ hostId: await conflicting() }),
    object: 'host',
    states: BOTH,
  },
  'hosts.replace': {
    act: async ({ admin, conflicting }) => admin.hosts.replace({ hostId: await conflicting() }),
    object: 'host',
    states: BOTH,
  },
  'hosts.dismissClone': {
    act: async ({ admin, cloned }) => admin.hosts.dismissClone({ hostId: await cloned() }),
    object: 'host',
    states: BOTH,
  },
  'hosts.split': {
    async act({ services, admin, enrolled }) {
      const { hostId, shown } = await enrolled();
      const port = await serveApi(services);
      for (const bootedAt of ['2026-01-01T00:00:00.000Z', '2026-02-02T00:00:00.000Z']) {
        await openAgentClient(services, port, shown).agents.hello.mutate({ ...HELLO, bootedAt });
      }
      const { clone } = await admin.hosts.byId({ hostId });
      await admin.hosts.split({ hostId, keep: clone!.first.id });
    },
    ...{ object: 'host', states: BOTH },
  },
  'jobs.start': {
    act: async ({ admin, approved }) => {
      const targets = { hostIds: [await approved()] };
      const { id: jobId } = await admin.jobs.propose({ act: { act: 'revoke' }, targets });
      await admin.jobs.start({ jobId });
    },
    ...{ object: 'job', states: ['after'] },
  },
  'jobs.cancel': {
    act: async ({ admin, approved }) => {
      const targets = { hostIds: [await approved()] };
      const { id: jobId } = await admin.jobs.propose({ act: { act: 'revoke' }, targets });
      await admin.jobs.cancel({ jobId });
    },
    ...{ object: 'job', states: ['after'] },
  },
  'fleets.create': {
    act: async ({ admin }) => admin.fleets.create({ name: 'Shop', rule: 'platform = linux' }),
    object: 'fleet',
    states: ['after'],
  },
  'fleets.update': {
    act: async ({ admin, fleet }) => admin.fleets.update({ fleetId: await fleet(), rule: 'cores > 1' }),
    object: 'fleet',
    states: BOTH,
  },
  'fleets.delete': {
    act: async ({ admin, fleet }) => admin.fleets.delete({ fleetId: await fleet() }),
    object: 'fleet',
    states: ['before'],
  },
  'fleets.putHost': {
    act: async ({ admin, fleet, approved }) =>
      admin.fleets.putHost({ fleetId: await fleet(), hostId: await approved() }),
    object: 'fleet',
    states: BOTH,
  },
  'fleets.putHostByName': {
    act: async ({ admin, fleet, approved }) => {
      const { host } = await admin.hosts.byId({ hostId: await approved() });
      await admin.fleets.putHostByName({ fleetId: await fleet(), fqdn: host.fqdn });
    },
    object: 'fleet',
    states: BOTH,
  },
  'fleets.removeHost': {
    act: async ({ admin, fleet, approved }) =>
      admin.fleets.removeHost({ fleetId: await fleet(), hostId: await approved() }),
    object: 'fleet',
    states: BOTH,
  },
  'fleets.leaveToRule': {
    act: async ({ admin, fleet, approved }) =>
      admin.fleets.leaveToRule({ fleetId: await fleet(), hostId: await approved() }),
    object: 'fleet',
    states: BOTH,
  },
  'hosts.update': {
    act: async ({ admin, approved }) => admin.hosts.update({ hostId: await approved(), notes: 'Rack 4.' }),
    object: 'host',
    states: BOTH,
  },
  'hosts.revoke': {
    act: async ({ admin, approved }) => admin.hosts.revoke({ hostId: await approved() }),
    object: 'host',
    states: BOTH,
  },
  'hosts.rotateCertificate': {
    act: async ({ admin, approved }) => admin.hosts.rotateCertificate({ hostIds: [await approved()] }),
    object: 'host',
    states: ['after'],
  },
  'hosts.delete': {
    act: async ({ admin, approved }) => admin.hosts.delete({ hostId: await approved() }),
    object: 'host',
    states: ['before'],
  },
  'profile.update': {
    act: async ({ member }) => (await member()).self.profile.update({ name: 'Anna', language: 'en' }),
    object: 'user',
    states: BOTH,
  },
  // Neither password is to be told, nor anything about them.
  'profile.changePassword': {
    act: async ({ member }) =>
      (await member()).self.profile.changePassword({ old: PASSWORD, password: `${PASSWORD} again` }),
    object: 'user',
    states: [],
  },
  'profile.signOutElsewhere': {
    act: async ({ member }) => (await member()).self.profile.signOutElsewhere(),
    object: 'user',
    states: ['after'],
  },
  'tokens.login': { act: ({ tokenCaller }) => tokenCaller(), object: 'user', states: [] },
  'tokens.logout': {
    act: async ({ tokenCaller }) => (await tokenCaller()).tokens.logout(),
    object: 'tokenChain',
    states: [],
  },
  'users.setup': {
    async act({ services }) {
      await services.db.delete(users);
      const token = (await openSetup(services.db, Buffer.alloc(32)))!;
      await callerFor(services, { address }).users.setup({ token, email: 'first@example.com', password: PASSWORD });
    },
    ...{ object: 'user', states: ['after'] },
  },
  'users.signIn': {
    async act({ visitor, member }) {
      await member();
      await visitor.users.signIn({ email: 'ann@example.com', password: PASSWORD });
    },
    ...{ object: 'user', states: [] },
  },
  'users.signOut': { act: async ({ member }) => (await member()).self.users.signOut(), object: 'user', states: [] },
  'users.useLink': { act: ({ member }) => member(), object: 'user', states: ['after'] },
  'users.invite': { act: ({ invited }) => invited(), object: 'user', states: ['after'] },
  'users.update': {
    act: async ({ admin, member }) => admin.users.update({ userId: (await member()).userId, role: 'viewer' }),
    object: 'user',
    states: BOTH,
  },
  'users.giveFleetRole': {
    act: async ({ admin, member, fleet }) =>
      admin.users.giveFleetRole({ userId: (await member()).userId, fleetId: await fleet(), role: 'viewer' }),
    object: 'user',
    states: BOTH,
  },
  'users.takeFleetRole': {
    async act({ admin, member, fleet }) {
      const on = { userId: (await member()).userId, fleetId: await fleet() };
      await admin.users.giveFleetRole({ ...on, role: 'operator' });
      await admin.users.takeFleetRole(on);
    },
    ...{ object: 'user', states: ['before'] },
  },
  'users.deactivate': {
    act: async ({ admin, member }) => admin.users.deactivate({ userId: (await member()).userId }),
    object: 'user',
    states: BOTH,
  },
  'users.activate': {
    async act({ admin, member }) {
      const { userId } = await member();
      await admin.users.deactivate({ userId });
      await admin.users.activate({ userId });
    },
    ...{ object: 'user', states: BOTH },
  },
  'users.unlock': {
    act: async ({ admin, member }) => admin.users.unlock({ userId: (await member()).userId }),
    object: 'user',
    states: BOTH,
  },
  'users.signOutEverywhere': {
    act: async ({ admin, member }) => admin.users.signOutEverywhere({ userId: (await member()).userId }),
    object: 'user',
    states: ['after'],
  },
  'users.renewLink': {
    act: async ({ admin, invited }) => admin.users.renewLink({ userId: (await invited()).userId }),
    object: 'user',
    states: ['after'],
  },
  'users.delete': {
    act: async ({ admin, member }) => admin.users.delete({ userId: (await member()).userId }),
    object: 'user',
    states: BOTH,
  },
};

/** Done to many, or to the server itself. */
const OF_NO_ONE_THING = new Set([
  'hosts.rotateCertificate',
  'configuration.push',
  'configuration.saveGlobal',
  'configuration.saveOrder',
  'discovery.switch',
  'health.saveRules',
]);

/** Mutations that change nothing that anybody decides or owns. */
const NO_CHANGE: Record<string, string> = {
  'agents.enrolment': 'asks; a mutation so that the proof stands in a body',
  'views.save': 'how somebody looks at a list, which nobody else sees',
  'views.delete': 'likewise',
  'jobs.propose': 'only looks which hosts it would be done to',
  'agents.connectionToken': 'nothing of it is kept',
  'agents.hello': 'what a machine measures of itself: shown with the host, and of no account when it is decided on',
  'agents.heartbeat': 'likewise',
  'agents.configReport': 'what a machine says of itself: kept beside the host',
  'agents.commandUpdate': 'what became of a run stands in its row',
  'agents.offerFacts': 'asks which of them are wanted',
  'agents.reportFacts': 'what a machine measures of itself: its history is kept beside the host',
  'agents.reportError': 'a line in the host’s history, within a limit',
};

test('every procedure that changes something is called here, or said to change nothing', () => {
  // By path, as the router keeps them beside their tree; its type knows the tree alone.
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>;
  const mutations = Object.entries(procedures)
    .filter(([, { _def }]) => _def.type === 'mutation')
    .map(([path]) => path);
  expect([...Object.keys(CHANGES), ...Object.keys(NO_CHANGE)].sort()).toEqual(mutations.sort());
});

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{18,22}$/;

async function recordsOf({ services }: Pick<World, 'services'>, action: string) {
  await services.audit.seal();
  return services.db.select().from(auditRecords).where(eq(auditRecords.action, action));
}

test.each(Object.keys(CHANGES))(
  '%s leaves a record: who, what, on what, from where, when, before and after',
  async (path) => {
    const { act, object, states, actor = 'person' } = CHANGES[path]!;
    const world = await startWorld();
    const begun = Date.now();
    await act(world);
    // A world may need the same act to come about: the last is the one that was asked for.
    const records = await recordsOf(world, actionOf(path));
    const record = records.sort((a, b) => a.sequence - b.sequence).at(-1)!;
    expect(record).toMatchObject({
      outcome: 'done',
      code: null,
      actorKind: actor,
      actorLabel: expect.stringContaining('example.com'),
      objectKind: object,
    });
    expect(record.actorId, 'who, by a name that stays').toMatch(ID);
    // A socket of the test's own has the address it has.
    expect(record.address, 'from where').toMatch(/^(192\.0\.2\.7|127\.0\.0\.1)$/);
    expect(record.requestId).toMatch(ID);
    if (!OF_NO_ONE_THING.has(path)) expect(record.objectId, 'on what').toMatch(ID);
    expect(record.at.getTime()).toBeGreaterThanOrEqual(begun);
    expect({ before: record.before !== null, after: record.after !== null }).toEqual({
      before: states.includes('before'),
      after: states.includes('after'),
    });
  },
);

test('an act on many hosts names all of them, in as many records as that takes', async () => {
  const { services, admin } = await startWorld();
  const hostIds = await seedHosts(
    services.db,
    Array.from({ length: 450 }, () => ({})),
  );
  await admin.hosts.rotateCertificate({ hostIds });
  await services.audit.seal();
  const records = await services.db
    .select()
    .from(auditRecords)
    .where(eq(auditRecords.action, 'host.rotateCertificate'))
    .orderBy(auditRecords.sequence);
  const said = records.map(
    ({ after }) => after as { requested: number; part: number; parts: number; hostIds: string[] },
  );
  expect(said.map(({ requested, part, parts }) => [requested, part, parts])).toEqual([
    [450, 1, 3],
    [450, 2, 3],
    [450, 3, 3],
  ]);
  expect(said.flatMap((one) => one.hostIds).sort()).toEqual([...hostIds].sort());
});

test('a registration that brings a token is the token’s, and what the token approves too', async () => {
  const world = await startWorld();
  const { services, admin, machine, enrolmentToken } = world;
  const { id, token } = await admin.enrolmentTokens.create({ ...enrolmentToken, autoApprove: true });
  const { credential } = readEnrolmentToken(token);
  const { enrolmentId } = await machine.agents.register({
    ...(await registrationOf('web-07.example.com')),
    token: credential,
  });
  for (const action of ['agent.register', 'host.approve']) {
    expect(await recordsOf(world, action)).toMatchObject([
      {
        actorKind: 'enrolmentToken',
        actorId: id,
        actorLabel: 'rack 4',
        objectId: enrolmentId,
        objectLabel: 'web-07.example.com',
        address,
      },
    ]);
  }
  expect(JSON.stringify(await services.db.select().from(auditRecords))).not.toContain(credential);
});

test('the first use of a renewed certificate', async () => {
  const world = await startWorld();
  const { agent, next } = await world.renewing();
  expect(await adoptRenewal(world.services, { ...agent, serial: next.serial })).toBeNull();
  expect(await recordsOf(world, 'host.adoptKey')).toMatchObject([
    {
      actorKind: 'agent',
      actorId: agent.hostId,
      objectId: agent.hostId,
      before: { keyFingerprint: expect.any(String) },
      after: { serial: next.serial },
    },
  ]);
});

test('an approval names the machine whose name it takes', async () => {
  const world = await startWorld();
  const [hostId, namesake] = [await world.waiting('a.example.com'), await world.waiting('b.example.com')];
  await world.admin.hosts.approve({ hostId, fqdn: 'b.example.com' });
  expect((await world.services.db.select().from(hosts).where(eq(hosts.id, namesake)))[0]).toMatchObject({
    approval: 'conflict',
  });
  expect(await recordsOf(world, 'host.approve')).toMatchObject([
    { objectId: hostId, after: { approval: 'approved', fqdn: 'b.example.com', conflictingHostIds: [namesake] } },
  ]);
});

test('a copy that is suspected, once until somebody has decided', async () => {
  const world = await startWorld();
  const { hostId, shown } = await world.enrolled();
  const port = await serveApi(world.services);
  const second = async () => {
    const client = openAgentClient(world.services, port, shown);
    await client.agents.hello.mutate({ ...HELLO, bootedAt: '2026-02-02T00:00:00.000Z' });
  };
  await openAgentClient(world.services, port, shown).agents.hello.mutate({
    ...HELLO,
    bootedAt: '2026-01-01T00:00:00.000Z',
  });
  await second();
  await second();
  const place = { address: '127.0.0.1', connectedAt: expect.any(String), serial: holderOf(shown).serial };
  const suspicion = {
    actorKind: 'system',
    outcome: 'done',
    address: '127.0.0.1',
    objectKind: 'host',
    objectId: hostId,
    objectLabel: 'web-01.example.com',
    before: null,
    after: { first: place, second: place },
  };
  expect(await recordsOf(world, 'host.suspectClone')).toMatchObject([suspicion]);
});

test('what the server does by itself: waiting hosts that expire, one record each', async () => {
  const world = await startWorld();
  const ids = [await world.waiting('a.example.com'), await world.waiting('b.example.com')];
  await world.services.db.update(hosts).set({ registeredAt: new Date(0) });
  expect(await expireWaiting(world.services)).toBe(2);
  const records = await recordsOf(world, 'host.expire');
  expect(records.map(({ objectId }) => objectId).sort()).toEqual(ids.sort());
  for (const record of records) {
    expect(record).toMatchObject({
      actorKind: 'system',
      actorLabel: null,
      outcome: 'done',
      objectLabel: expect.stringMatching(/^[ab]\.example\.com$/),
      before: { approval: 'pending', registeredFrom: address },
      after: null,
    });
  }
});

test('and the administrator of the configuration, made at the first start', async () => {
  const services = await testServices();
  const configured = { email: 'first@example.com', password: PASSWORD };
  expect(await ensureConfiguredAdministrator(services, configured)).toBe(true);
  expect(await ensureConfiguredAdministrator(services, configured)).toBe(false);
  const records = await recordsOf({ services }, 'user.configure');
  expect(records).toMatchObject([
    {
      actorKind: 'system',
      objectKind: 'user',
      objectId: expect.stringMatching(ID),
      objectLabel: 'first@example.com',
      after: { role: 'administrator' },
    },
  ]);
  expect(JSON.stringify(records)).not.toContain(PASSWORD);
});
