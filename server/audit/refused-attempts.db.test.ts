import { asc, eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { apiKeys, auditRecords, users } from '../../db/schema';
import { makeKey } from '../api-keys/key-text';
import type { Permission } from '../auth/permissions';
import { seedHosts } from '../hosts/testing';
import { addPerson, type Ask, logIn, nextTokenOf, PASSWORD, serveRestApi } from '../rest/testing';
import { browserOf, callerFor, personOf, registrationOf, strangerOf, testServices } from '../testing';

const HOST = '01890000-0000-7000-8000-000000000000';
const address = '192.0.2.7';

let services: Awaited<ReturnType<typeof testServices>>;
let ask: Ask;
let userId: string;

beforeEach(async () => {
  services = await testServices({ SYSMANAGE_SIGN_IN_MAX_FAILURES: '2' });
  userId = await addPerson(services);
  ({ ask } = await serveRestApi(services));
});

const keyFor = async (permissions: Permission[]) =>
  (await (await browserOf(services, userId)).apiKeys.create({ name: 'backup', permissions })).key;

/** What was refused or failed, in the order in which it was. */
async function unsuccessful() {
  await services.audit.seal();
  const records = await services.db.select().from(auditRecords).orderBy(asc(auditRecords.sequence));
  return records.filter(({ outcome }) => outcome !== 'done');
}

test('a key that tries what no key may: changes and reads', async () => {
  const bearer = await keyFor(['hosts.read']);
  for (const [method, path, body] of [['POST', '/trpc/apiKeys.create', { name: 'wider', permissions: ['users.manage'] }], ['GET', '/trpc/apiKeys.list', undefined], ['POST', '/logout', undefined]] as const) {
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
  await expect(viewer.apiKeys.create({ name: 'wide', permissions: ['users.manage'] })).rejects.toMatchObject({ appCode: 'key.too_wide' });
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
  expect(await unsuccessful()).toMatchObject([{ action: 'user.list', outcome: 'refused', code: 'auth.forbidden', actorLabel: 'viewer@example.com' }]);
});

test('a change with a credential that is none, expired or revoked; never the credential', async () => {
  const [spent, revoked, unknown] = [await logIn(ask), await keyFor(['hosts.revoke']), makeKey()];
  await services.db.update(apiKeys).set({ revokedAt: new Date() });
  const expired = (await services.tokens.sign({ userId, chainId: HOST, jti: HOST }, new Date(Date.now() - 3_600_000))).token;
  const revoke = (bearer?: string) => ask('PUT', `/host/${HOST}/revoke`, { bearer });
  for (const bearer of [undefined, 'x.y.z', expired, revoked, unknown, unknown]) expect(await revoke(bearer)).toMatchObject({ status: 401 });
  expect(await ask('GET', '/hosts', { bearer: unknown }), 'a harmless read').toMatchObject({ status: 401 });
  expect(await ask('GET', '/users', { bearer: unknown }), 'a sensitive one').toMatchObject({ status: 401 });

  const records = await unsuccessful();
  expect(records).toMatchObject([
    ...['auth.required', 'token.invalid', 'token.expired', 'key.invalid'].map((code) => ({ action: 'host.revoke', code, outcome: 'refused', actorKind: 'person', actorLabel: null, address: '127.0.0.1', objectId: HOST })),
    { action: 'user.list', code: 'key.invalid' },
  ]);
  await services.audit.refusals.strangers.flush();
  expect((await unsuccessful()).at(-1)).toMatchObject({ action: 'host.revoke', code: 'key.invalid', after: { repeated: 2 } });
  const kept = JSON.stringify([await unsuccessful(), services.logged]);
  for (const secret of [spent, revoked, unknown, expired, 'x.y.z']) expect(kept).not.toContain(secret);
});

test('a token that is used a second time: once by its own name, and then as one that does not work', async () => {
  const spent = await logIn(ask);
  const next = nextTokenOf(await ask('GET', '/hosts', { bearer: spent }))!;
  for (let i = 0; i < 3; i++) await ask('PUT', `/host/${HOST}/revoke`, { bearer: spent });
  const records = await unsuccessful();
  expect(records).toMatchObject([
    { action: 'token.spend', outcome: 'refused', code: 'token.spent', actorId: userId, actorLabel: 'administrator@example.com', address: '127.0.0.1', objectKind: 'tokenChain', requestId: expect.any(String) },
    { action: 'host.revoke', code: 'token.invalid' },
  ]);
  for (const token of [spent, next]) expect(JSON.stringify(records)).not.toContain(token.split('.')[2]);
});

test('signing in with a wrong password, to a locked account, and too often from one address', async () => {
  const stranger = callerFor(services, { address });
  const attempt = (email: string) => stranger.users.signIn({ email, password: 'wrong' }).catch(() => undefined);
  for (let i = 0; i < 4; i++) await attempt('administrator@example.com');
  await ask('POST', '/login', { body: { userid: 'administrator@example.com', password: PASSWORD } });
  expect(await unsuccessful()).toMatchObject([
    { action: 'user.signIn', outcome: 'refused', code: 'auth.credentials', actorId: userId, actorLabel: 'administrator@example.com', address },
    { action: 'user.signIn', outcome: 'refused', code: 'auth.locked', actorLabel: 'administrator@example.com', address },
    { action: 'token.login', outcome: 'refused', code: 'auth.locked', actorLabel: 'administrator@example.com', address: '127.0.0.1' },
  ]);
  const [user] = await services.db.select().from(users).where(eq(users.id, userId));
  expect(user!.lastSignInAt).toBeNull();
});

test('links and enrolment tokens that do not work', async () => {
  const visitor = callerFor(services, { address });
  const secret = 'a-link-that-nobody-made';
  await expect(visitor.users.useLink({ token: secret, password: PASSWORD })).rejects.toMatchObject({ appCode: 'link.closed' });
  await expect(visitor.users.setup({ token: secret, email: 'eve@example.com', password: PASSWORD })).rejects.toMatchObject({ appCode: 'setup.closed' });
  const token = Buffer.alloc(32, 7).toString('base64url');
  await expect(strangerOf(services).agents.register({ ...(await registrationOf('web-01.example.com')), token })).rejects.toMatchObject({ appCode: 'enrolment.token_unknown' });
  const records = await unsuccessful();
  expect(records.map(({ action, outcome, code }) => [action, outcome, code])).toEqual([
    ['user.useLink', 'refused', 'link.closed'],
    ['user.setup', 'refused', 'setup.closed'],
    ['agent.register', 'refused', 'enrolment.token_unknown'],
  ]);
  for (const one of [secret, token]) expect(JSON.stringify(records)).not.toContain(one);
});

test('a flood without a credential costs no more than its limit, and leaves room for others', async () => {
  const procedures = ['hosts.revoke', 'hosts.approve', 'hosts.delete', 'hosts.reject', 'users.delete', 'users.unlock'] as const;
  const ids = Array.from({ length: 50 }, (_, n) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`);
  for (const path of procedures) {
    await Promise.all(ids.map((id) => ask('POST', `/trpc/${path}`, { bearer: makeKey(), body: path.startsWith('users') ? { userId: id } : { hostId: id } })));
  }
  await callerFor(services, { address }).users.signIn({ email: 'ann@example.com', password: 'wrong' }).catch(() => undefined);
  await services.audit.refusals.strangers.flush();
  const records = await unsuccessful();
  expect(records.length).toBeLessThanOrEqual(25 + procedures.length + 1);
  const counted = records.reduce((sum, { after }) => sum + ((after as { repeated: number } | null)?.repeated ?? 1), 0);
  expect(counted).toBe(procedures.length * ids.length + 1);
  expect(records).toContainEqual(expect.objectContaining({ action: 'user.signIn', actorLabel: 'ann@example.com', address }));
});

test('what there is goes by its name, as in the records of its changes', async () => {
  const viewer = await personOf(services, 'viewer');
  const [hostId] = await seedHosts(services.db, [{ fqdn: 'web-01.example.com' }]);
  await expect(viewer.hosts.revoke({ hostId: hostId! })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  await expect(viewer.users.deactivate({ userId })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  await expect(viewer.users.delete({ userId: HOST })).rejects.toMatchObject({ appCode: 'auth.forbidden' });
  expect(await unsuccessful()).toMatchObject([
    { action: 'host.revoke', objectId: hostId, objectLabel: 'web-01.example.com' },
    { action: 'user.deactivate', objectId: userId, objectLabel: 'administrator@example.com' },
    { action: 'user.delete', objectId: HOST, objectLabel: null },
  ]);
});
