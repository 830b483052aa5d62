import { asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { apiKeys, auditRecords, certificates, hosts, users } from '../../db/schema';
import { agentOf, enrolledHost, HELLO, holderOf, knock, openAgentClient } from '../agents/testing';
import { makeKey } from '../api-keys/key-text';
import type { Permission } from '../auth/permissions';
import { makeCsr, makeKeys } from '../certificates/testing';
import { seedHosts } from '../hosts/testing';
import { addPerson, type Ask, logIn, nextTokenOf, PASSWORD, serveRestApi } from '../rest/testing';
import { administratorOf, browserOf, callerFor, personOf, registrationOf, strangerOf, testServices } from '../testing';

const HOST = '01890000-0000-7000-8000-000000000000';
const address = '192.0.2.7';

let services: Awaited<ReturnType<typeof testServices>>;
let ask: Ask;
let userId: string;
let port: number;

beforeEach(async () => {
  services = await testServices({ SYSMANAGE_SIGN_IN_MAX_FAILURES: '2' });
  userId = await addPerson(services);
  ({ ask, port } = await serveRestApi(services));
});

const keyFor = async (permissions: Permission[]) =>
  (await (await browserOf(services, userId)).apiKeys.create({ name: 'backup', permissions })).key;

/** The end of the time in which repetitions are counted. */
const whenItEnds = () => new Date(Date.now() + 3_600_000);

/** What was refused or failed, in the order in which it was. */
async function unsuccessful() {
  await services.audit.seal();
  const records = await services.db.select().from(auditRecords).orderBy(asc(auditRecords.sequence));
  return records.filter(({ outcome }) => outcome !== 'done');
}

test('a key that tries what no key may: changes and reads', async () => {
  const bearer = await keyFor(['hosts.read']);
  for (const [method, path, body] of [
    ['POST', '/trpc/apiKeys.create', { name: 'wider', permissions: ['users.manage'] }],
    ['GET', '/trpc/apiKeys.list', undefined],
    ['POST', '/logout', undefined],
  ] as const) {
    expect(await ask(method, path, { bearer, body }), path).toMatchObject({ status: 403 });
  }
  expect(await unsuccessful()).toMatchObject(
    ['apiKey.create', 'apiKey.list', 'token.logout'].map((action) => ({
      action,
      outcome: 'refused',
      code: 'auth.forbidden',
      actorKind: 'apiKey',
      actorLabel: 'administrator@example.com (backup)',
      address: '127.0.0.1',
    })),
  );
});

test('a key that would be wider than its owner, and one of nobody that is to be revoked', async () => {
  const viewer = await personOf(services, 'viewer');
  await expect(viewer.apiKeys.create({ name: 'wide', permissions: ['users.manage'] })).rejects.toMatchObject({
    appCode: 'key.too_wide',
  });
  await expect(viewer.apiKeys.revoke({ keyId: HOST })).rejects.toMatchObject({ appCode: 'key.not_found' });
  await expect(viewer.profile.changePassword({ old: 'x', password: 'password1234' })).rejects.toThrow();
  expect(await unsuccessful()).toMatchObject([
    { action: 'apiKey.create', outcome: 'refused', code: 'key.too_wide', actorLabel: 'viewer@example.com' },
    { action: 'apiKey.revoke', outcome: 'failed', code: 'key.not_found', objectKind: 'apiKey', objectId: HOST },
  ]);
});

test('reading who there are, by somebody who may not', async () => {
  const viewer = await personOf(services, 'viewer');
  await expect(viewer.users.list({})).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  await expect(viewer.hosts.byId({ hostId: HOST })).rejects.toMatchObject({ appCode: 'host.not_found' });
  expect(await unsuccessful()).toMatchObject([
    { action: 'user.list', outcome: 'refused', code: 'auth.forbidden', actorLabel: 'viewer@example.com' },
  ]);
});

test('a change with a credential that is none, expired or revoked; never the credential', async () => {
  const [spent, revoked, unknown] = [await logIn(ask), await keyFor(['hosts.revoke']), makeKey()];
  await services.db.update(apiKeys).set({ revokedAt: new Date() });
  const expired = (await services.tokens.sign({ userId, chainId: HOST, jti: HOST }, new Date(Date.now() - 3_600_000)))
    .token;
  const revoke = (bearer?: string) => ask('PUT', `/host/${HOST}/revoke`, { bearer });
  for (const bearer of [undefined, 'x.y.z', expired, revoked, unknown, unknown])
    expect(await revoke(bearer)).toMatchObject({ status: 401 });
  expect(await ask('GET', '/hosts', { bearer: unknown }), 'a harmless read').toMatchObject({ status: 401 });
  expect(await ask('GET', '/users', { bearer: unknown }), 'a sensitive one').toMatchObject({ status: 401 });

  const records = await unsuccessful();
  expect(records).toMatchObject([
    ...['auth.required', 'token.invalid', 'token.expired', 'key.invalid'].map((code) => ({
      action: 'host.revoke',
      code,
      outcome: 'refused',
      actorKind: 'person',
      actorLabel: null,
      address: '127.0.0.1',
      objectId: HOST,
    })),
    { action: 'user.list', code: 'key.invalid' },
  ]);
  await services.audit.refusals.tell(whenItEnds());
  expect((await unsuccessful()).at(-1)).toMatchObject({
    action: 'host.revoke',
    code: 'key.invalid',
    after: { repeated: 2 },
  });
  const kept = JSON.stringify([await unsuccessful(), services.logged]);
  for (const secret of [spent, revoked, unknown, expired, 'x.y.z']) expect(kept).not.toContain(secret);
});

test('a token that is used a second time: once by its own name, and then as one that does not work', async () => {
  const spent = await logIn(ask);
  const next = nextTokenOf(await ask('GET', '/hosts', { bearer: spent }))!;
  for (let i = 0; i < 3; i++) await ask('PUT', `/host/${HOST}/revoke`, { bearer: spent });
  const records = await unsuccessful();
  expect(records).toMatchObject([
    {
      action: 'token.spend',
      outcome: 'refused',
      code: 'token.spent',
      actorId: userId,
      actorLabel: 'administrator@example.com',
      address: '127.0.0.1',
      objectKind: 'tokenChain',
      requestId: expect.any(String),
    },
    { action: 'host.revoke', code: 'token.invalid' },
  ]);
  for (const token of [spent, next]) expect(JSON.stringify(records)).not.toContain(token.split('.')[2]);
});

test('signing in with a wrong password, to a locked account, and too often from one address', async () => {
  // The same site as the tests call from.
  const address = '127.0.0.7';
  const stranger = callerFor(services, { address });
  const attempt = (email: string) => stranger.users.signIn({ email, password: 'wrong' }).catch(() => undefined);
  for (let i = 0; i < 4; i++) await attempt('administrator@example.com');
  await ask('POST', '/login', { body: { userid: 'administrator@example.com', password: PASSWORD } });
  expect(await unsuccessful()).toMatchObject([
    {
      action: 'user.signIn',
      outcome: 'refused',
      code: 'auth.credentials',
      actorId: userId,
      actorLabel: 'administrator@example.com',
      address,
    },
    {
      action: 'user.signIn',
      outcome: 'refused',
      code: 'auth.locked',
      actorLabel: 'administrator@example.com',
      address,
    },
    {
      action: 'token.login',
      outcome: 'refused',
      code: 'auth.locked',
      actorLabel: 'administrator@example.com',
      address: '127.0.0.1',
    },
  ]);
  const [user] = await services.db.select().from(users).where(eq(users.id, userId));
  expect(user!.lastSignInAt).toBeNull();
});

test('links and enrolment tokens that do not work', async () => {
  const visitor = callerFor(services, { address });
  const secret = 'a-link-that-nobody-made';
  await expect(visitor.users.useLink({ token: secret, password: PASSWORD })).rejects.toMatchObject({
    appCode: 'link.closed',
  });
  await expect(
    visitor.users.setup({ token: secret, email: 'eve@example.com', password: PASSWORD }),
  ).rejects.toMatchObject({ appCode: 'setup.closed' });
  const token = Buffer.alloc(32, 7).toString('base64url');
  await expect(
    strangerOf(services).agents.register({ ...(await registrationOf('web-01.example.com')), token }),
  ).rejects.toMatchObject({ appCode: 'enrolment.token_unknown' });
  const records = await unsuccessful();
  expect(records.map(({ action, outcome, code }) => [action, outcome, code])).toEqual([
    ['user.useLink', 'refused', 'link.closed'],
    ['user.setup', 'refused', 'setup.closed'],
    ['agent.register', 'refused', 'enrolment.token_unknown'],
  ]);
  for (const one of [secret, token]) expect(JSON.stringify(records)).not.toContain(one);
});

test('a signed-in person’s noise hides nothing of what others behind the same address try, nor of their own', async () => {
  const seat = async (email: string, role: 'viewer' | 'operator') => {
    const [user] = await services.db.insert(users).values({ email, passwordHash: '-', role }).returning();
    return browserOf(services, user!.id, { address });
  };
  const [mallory, bob] = [await seat('mallory@example.com', 'viewer'), await seat('bob@example.com', 'operator')];
  for (let n = 0; n < 30; n++) {
    await expect(
      mallory.hosts.revoke({ hostId: `01890000-0000-7000-8000-${String(n).padStart(12, '0')}` }),
    ).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  }
  await expect(mallory.users.delete({ userId: HOST })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  await expect(bob.users.delete({ userId: HOST })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  await expect(bob.audit.list({})).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  // At once, and not when the count is written.
  const others = (await unsuccessful()).filter(({ action }) => action !== 'host.revoke');
  expect(others).toMatchObject([
    { action: 'user.delete', actorLabel: 'mallory@example.com', address, objectId: HOST },
    { action: 'user.delete', actorLabel: 'bob@example.com', address, objectId: HOST },
    { action: 'audit.list', actorLabel: 'bob@example.com', address },
  ]);
});

describe('whoever has a copy of a machine’s key', () => {
  let admin: Awaited<ReturnType<typeof administratorOf>>;
  let host: Awaited<ReturnType<typeof enrolledHost>>;
  let machine: object;
  beforeEach(async () => {
    admin = await administratorOf(services);
    host = await enrolledHost(services, admin);
    machine = {
      outcome: 'refused',
      actorKind: 'agent',
      actorId: host.hostId,
      actorLabel: 'web-01.example.com',
      objectKind: 'host',
      objectId: host.hostId,
      address: '127.0.0.1',
    };
  });
  const renewal = async () => ({ csr: await makeCsr(await makeKeys()) });

  test('and a certificate that was revoked: no token, no connection, no renewal over one that is still open', async () => {
    await admin.hosts.revoke({ hostId: host.hostId });
    const { serial } = holderOf(host.shown);
    const asked = callerFor(services, {
      listener: 'api',
      address: '127.0.0.1',
      agentRefusal: { reason: 'certificate_revoked', hostId: host.hostId, fqdn: 'web-01.example.com', serial },
    });
    await expect(asked.agents.connectionToken()).rejects.toMatchObject({ appCode: 'auth.forbidden' });
    for (let n = 0; n < 3; n++) await knock(services, port, host.shown, undefined, 'made-up');
    const open = callerFor(services, {
      listener: 'channel',
      address: '127.0.0.1',
      agent: { ...agentOf(host.hostId), serial },
    });
    await expect(open.agents.renewCertificate(await renewal())).rejects.toMatchObject({
      appCode: 'agent.not_approved',
    });
    const after = { reason: 'certificate_revoked', serial };
    expect(await unsuccessful()).toMatchObject([
      { ...machine, action: 'agent.connectionToken', code: 'auth.forbidden', after },
      { ...machine, action: 'agent.connect', code: 'auth.forbidden', after },
      { ...machine, action: 'agent.renewCertificate', code: 'agent.not_approved', after: null },
    ]);
    await services.audit.refusals.tell(whenItEnds());
    expect((await unsuccessful()).slice(3)).toMatchObject([
      { ...machine, action: 'agent.connect', after: { repeated: 2 } },
    ]);
  });

  test('the host turned away, deleted, or with another key by now; and a token that is none', async () => {
    await knock(services, port, host.shown, undefined, 'made-up');
    await services.db.update(hosts).set({ keyFingerprint: 'another' });
    await knock(services, port, host.shown, undefined, 'made-up');
    await services.db.update(hosts).set({ approval: 'rejected' });
    await services.db
      .update(hosts)
      .set({ keyFingerprint: (await services.db.select().from(certificates))[0]!.keyFingerprint });
    await knock(services, port, host.shown, undefined, 'made-up');
    await admin.hosts.delete({ hostId: host.hostId });
    await knock(services, port, host.shown, undefined, 'made-up');
    await knock(services, port, {}, undefined, 'made-up');
    const { serial } = holderOf(host.shown);
    expect(await unsuccessful()).toMatchObject([
      ...['token_unknown', 'another_key', 'host_not_approved'].map((reason) => ({
        ...machine,
        action: 'agent.connect',
        after: { reason, serial },
      })),
      { ...machine, action: 'agent.connect', actorLabel: null, after: { reason: 'unknown_serial', serial } },
      {
        action: 'agent.connect',
        actorKind: 'person',
        actorId: null,
        objectId: null,
        after: { reason: 'no_certificate' },
      },
    ]);
  });

  test('held beside the machine: the renewal it asks for; what a held one measures is no attempt', async () => {
    const hello = { ...HELLO, addresses: [address] };
    await openAgentClient(services, port, host.shown).agents.hello.mutate(hello);
    const copy = openAgentClient(services, port, host.shown);
    expect(await copy.agents.hello.mutate(hello)).toMatchObject({ isHeld: true });
    const sample = {
      ...{
        at: '2026-01-01T00:00:00.000Z',
        cpuPercent: 1,
        load1: null,
        load5: null,
        load15: null,
        uptimeSeconds: 60,
        disks: [],
      },
      ...{
        memoryTotalBytes: 1000,
        memoryUsedBytes: 500,
        swapTotalBytes: 0,
        swapUsedBytes: 0,
        networkReceivedBytesPerSecond: 0,
        networkSentBytesPerSecond: 0,
      },
    };
    await expect(copy.agents.heartbeat.mutate(sample)).rejects.toMatchObject({ data: { appCode: 'agent.held' } });
    await expect(copy.agents.renewCertificate.mutate(await renewal())).rejects.toMatchObject({
      data: { appCode: 'agent.held' },
    });
    expect(await unsuccessful()).toMatchObject([{ ...machine, action: 'agent.renewCertificate', code: 'agent.held' }]);
  });
});

test('what is asked at the wrong door: signing in where machines are heard, joining where pages are, an agent’s word without a certificate', async () => {
  const at = (listener: 'web' | 'api') => callerFor(services, { listener, address });
  await expect(at('api').users.signIn({ email: 'ann@example.com', password: PASSWORD })).rejects.toMatchObject({
    appCode: 'auth.forbidden',
  });
  await expect(at('web').agents.register(await registrationOf('web-01.example.com'))).rejects.toMatchObject({
    appCode: 'auth.forbidden',
  });
  await expect(at('api').agents.connectionToken()).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  await expect(at('api').agents.reportError({ kind: 'failed', message: 'x' })).rejects.toMatchObject({
    appCode: 'auth.forbidden',
  });
  await expect(at('api').users.me(), 'a read').rejects.toMatchObject({ appCode: 'auth.forbidden' });
  expect(await unsuccessful()).toMatchObject(
    ['user.signIn', 'agent.register', 'agent.connectionToken', 'agent.reportError'].map((action) => ({
      action,
      outcome: 'refused',
      code: 'auth.forbidden',
      actorKind: 'person',
      actorId: null,
      address,
    })),
  );
});
test('what there is goes by its name, as in the records of its changes', async () => {
  const viewer = await personOf(services, 'viewer');
  const [hostId] = await seedHosts(services.db, [{ fqdn: 'web-01.example.com' }]);
  await expect(viewer.hosts.revoke({ hostId: hostId! })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  await expect(viewer.users.deactivate({ userId })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  await expect(viewer.users.delete({ userId: HOST })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  const { id: fleetId } = await (await browserOf(services, userId)).fleets.create({ name: 'Racks' });
  await expect(viewer.fleets.delete({ fleetId })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  await expect(viewer.commands.cancel({ commandId: HOST })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  expect(await unsuccessful()).toMatchObject([
    { action: 'host.revoke', objectId: hostId, objectLabel: 'web-01.example.com' },
    { action: 'user.deactivate', objectId: userId, objectLabel: 'administrator@example.com' },
    { action: 'user.delete', objectId: HOST, objectLabel: null },
    { action: 'fleet.delete', objectId: fleetId, objectLabel: 'Racks' },
    { action: 'command.cancel', objectKind: 'command', objectId: HOST, objectLabel: null },
  ]);
});
