import { createHash } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { apiKeys, auditRecords, users } from '../../db/schema';
import { sweepExpired } from '../auth/sweep-expired';
import { seedHosts } from '../hosts/testing';
import { addPerson, type Ask, nextTokenOf, PASSWORD, serveRestApi } from '../rest/testing';
import { administratorOf, browserOf, callerFor, sessionOf, testServices } from '../testing';
import { findSessionOfKey } from './find-session-of-key';

const DAY_MS = 24 * 60 * 60 * 1000;

let services: Awaited<ReturnType<typeof testServices>>;
let ask: Ask;
let owner: Awaited<ReturnType<typeof browserOf>>;
let userId: string;

beforeEach(async () => {
  services = await testServices();
  userId = await addPerson(services, 'administrator');
  owner = await browserOf(services, userId);
  ({ ask } = await serveRestApi(services));
});

const wide = { name: 'nightly', permissions: ['hosts.read' as const, 'hosts.update' as const] };

test('a key works again and again, for what it names, and is shown once', async () => {
  const { key } = await owner.apiKeys.create(wide);
  expect(key).toMatch(/^smk_[0-9a-f]{72}$/);
  const [hostId] = await seedHosts(services.db, [{}]);
  for (let i = 0; i < 3; i++) {
    const answer = await ask('GET', '/hosts', { bearer: key });
    expect(answer.status).toBe(200);
    expect(nextTokenOf(answer)).toBeUndefined();
  }
  expect((await ask('PATCH', `/hosts/${hostId}`, { bearer: key, body: { notes: 'x' } })).status).toBe(204);
  expect(await ask('DELETE', `/hosts/${hostId}`, { bearer: key })).toMatchObject({
    status: 403,
    body: { code: 'auth.forbidden' },
  });
  const [row] = await owner.apiKeys.list();
  expect(row).toMatchObject({
    name: 'nightly',
    prefix: key.slice(0, 12),
    state: 'active',
    lastUsedAt: expect.any(String),
  });
  const kept = JSON.stringify([await services.db.select().from(apiKeys), await owner.apiKeys.list(), services.logged]);
  expect(kept).not.toContain(key.slice(12));
  expect(kept).toContain(createHash('sha256').update(key).digest('hex'));
});

test('nobody makes a key that may more than they do', async () => {
  const viewer = await browserOf(services, await addPerson(services, 'viewer'));
  await expect(viewer.apiKeys.create(wide)).rejects.toMatchObject({ appCode: 'key.too_wide' });
});

test('a key makes no keys, and changes nothing of its owner’s own', async () => {
  const { key } = await owner.apiKeys.create({ ...wide, permissions: ['users.manage', 'users.read', 'hosts.read'] });
  const made = await ask('POST', '/trpc/apiKeys.create', { bearer: key, body: wide });
  expect(made.status).toBe(403);
  expect((await ask('GET', '/trpc/profile.get', { bearer: key })).status).toBe(403);
  expect((await ask('POST', '/logout', { bearer: key })).status).toBe(403);
});

test('whoever is demoted demotes their keys', async () => {
  const { key } = await owner.apiKeys.create(wide);
  await services.db.update(users).set({ role: 'viewer' }).where(eq(users.id, userId));
  const [hostId] = await seedHosts(services.db, [{}]);
  expect((await ask('PATCH', `/hosts/${hostId}`, { bearer: key, body: { notes: 'x' } })).status).toBe(403);
  expect((await ask('GET', '/hosts', { bearer: key })).status).toBe(200);
});

test.each([
  ['revoked', async () => owner.apiKeys.revoke({ keyId: (await owner.apiKeys.list())[0]!.id })],
  [
    'its owner deactivated',
    () => services.db.update(users).set({ deactivatedAt: new Date() }).where(eq(users.id, userId)),
  ],
  ['its owner deleted', () => services.db.delete(users).where(eq(users.id, userId))],
])('a key ends at once: %s', async (_why, end) => {
  const { key } = await owner.apiKeys.create(wide);
  expect((await ask('GET', '/hosts', { bearer: key })).status).toBe(200);
  await end();
  expect(await ask('GET', '/hosts', { bearer: key })).toMatchObject({ status: 401, body: { code: 'key.invalid' } });
});

describe('whoever shuts somebody out in an incident', () => {
  const works = async (key: string) => (await ask('GET', '/hosts', { bearer: key })).status === 200;
  const next = 'another horse battery';
  let admin: Awaited<ReturnType<typeof administratorOf>>;
  let key: string;

  beforeEach(async () => {
    admin = await administratorOf(services, 'another@example.com');
    ({ key } = await owner.apiKeys.create(wide));
  });

  const acts: Record<string, () => Promise<unknown>> = {
    'by deactivating, and activating again': async () => {
      await admin.users.deactivate({ userId });
      await admin.users.activate({ userId });
    },
    'by a link for a new password, used': async () => {
      const { token } = await admin.users.renewLink({ userId });
      expect(await works(key)).toBe(true);
      await callerFor(services).users.useLink({ token, password: next });
    },
    'by signing them out everywhere': () => admin.users.signOutEverywhere({ userId }),
  };

  test.each(Object.keys(acts))('%s, revokes the keys for good', async (how) => {
    await acts[how]!();
    expect(await works(key)).toBe(false);
    const again = await browserOf(services, userId);
    expect(await again.apiKeys.list()).toMatchObject([{ name: 'nightly', state: 'revoked' }]);
    await services.audit.seal();
    const records = await services.db.select().from(auditRecords);
    expect(records.filter(({ after }) => (after as { keysRevoked?: number } | null)?.keysRevoked === 1)).toHaveLength(
      1,
    );
  });

  test('revokes nobody else’s, and is told before how many there are', async () => {
    const { key: theirs } = await (
      await browserOf(services, await addPerson(services, 'viewer'))
    ).apiKeys.create({ ...wide, permissions: ['hosts.read'] });
    expect(await admin.users.byId({ userId })).toMatchObject({ workingKeys: 1 });
    await admin.users.signOutEverywhere({ userId });
    expect(await admin.users.byId({ userId })).toMatchObject({ workingKeys: 0 });
    expect(await works(theirs)).toBe(true);
  });

  test('misses none that is just being made', async () => {
    for (let round = 0; round < 10; round++) {
      const thief = await browserOf(services, userId);
      const shutOut = round % 2 === 0 ? admin.users.deactivate : admin.users.signOutEverywhere;
      await Promise.allSettled([thief.apiKeys.create(wide), shutOut({ userId }), thief.apiKeys.create(wide)]);
      expect(await admin.users.byId({ userId })).toMatchObject({ workingKeys: 0 });
      const working = (await services.db.select().from(apiKeys)).filter(({ revokedAt }) => !revokedAt);
      expect(working).toEqual([]);
      if (round % 2 === 0) await admin.users.activate({ userId });
    }
  });

  test('one’s own new password and signing out elsewhere leave them, as the page says', async () => {
    await owner.profile.signOutElsewhere();
    await owner.profile.changePassword({ old: PASSWORD, password: next });
    expect(await works(key)).toBe(true);
  });
});

test('of a hundred uses at once one is written down', async () => {
  const { key } = await owner.apiKeys.create(wide);
  await services.db.execute('create table writes (at timestamptz)');
  await services.db.execute(
    'create function count_write() returns trigger language plpgsql as $$ begin insert into writes values (now()); return new; end $$',
  );
  await services.db.execute(
    'create trigger count_write after update on api_key for each row execute function count_write()',
  );
  await Promise.all(Array.from({ length: 100 }, () => findSessionOfKey(services, key)));
  const { rows } = await services.db.execute('select * from writes');
  await services.db.execute('drop function count_write cascade');
  await services.db.execute('drop table writes');
  expect(rows).toHaveLength(1);
});

test('with a moved clock: it ends when it said, and its last use is written once a minute', async () => {
  const now = Date.now();
  const { key } = await owner.apiKeys.create({ ...wide, days: 30 });
  const use = async (after: number) => {
    await findSessionOfKey(services, key, new Date(now + after));
    return (await services.db.query.apiKeys.findFirst())!.lastUsedAt!.getTime() - now;
  };
  expect(await use(1000)).toBe(1000);
  expect(await use(60_000)).toBe(1000);
  expect(await use(61_000)).toBe(61_000);
  expect(await use(29 * DAY_MS)).toBe(29 * DAY_MS);
  await expect(use(31 * DAY_MS)).rejects.toMatchObject({ appCode: 'key.invalid' });
});

test('what is not quite a key is refused', async () => {
  const { key } = await owner.apiKeys.create(wide);
  const typo = key.slice(0, 20) + (key[20] === '0' ? '1' : '0') + key.slice(21);
  for (const bearer of [typo, key.slice(0, -1), `${key}0`, 'smk_', key.toUpperCase().replace('SMK', 'smk')]) {
    expect(await ask('GET', '/hosts', { bearer }), bearer).toMatchObject({
      status: 401,
      body: { code: 'key.invalid' },
    });
  }
});

test('nobody revokes another’s key, or one twice', async () => {
  await owner.apiKeys.create(wide);
  const keyId = (await owner.apiKeys.list())[0]!.id;
  const another = callerFor(services, { session: sessionOf({ email: 'another@example.com' }) });
  await expect(another.apiKeys.revoke({ keyId })).rejects.toMatchObject({ appCode: 'key.not_found' });
  expect(await another.apiKeys.list()).toEqual([]);
  await owner.apiKeys.revoke({ keyId });
  await expect(owner.apiKeys.revoke({ keyId })).rejects.toMatchObject({ appCode: 'key.not_found' });
});

test('a key that works stays in sight, however many were made and revoked since; those are gone after a year', async () => {
  await owner.apiKeys.create({ ...wide, name: 'the one' });
  const [one] = await services.db.select().from(apiKeys);
  const { id: _id, hash: _hash, ...rest } = one!;
  const ended = Array.from({ length: 250 }, (_, i) => ({
    ...rest,
    hash: String(i),
    name: `revoked ${i}`,
    revokedAt: new Date(),
  }));
  await services.db.insert(apiKeys).values(ended);
  const listed = await owner.apiKeys.list();
  expect(listed).toHaveLength(200);
  expect(listed[0]).toMatchObject({ name: 'the one', state: 'active' });
  const DAY_MS = 24 * 60 * 60 * 1000;
  await sweepExpired(services, new Date(Date.now() + 300 * DAY_MS));
  expect(await services.db.$count(apiKeys)).toBe(251);
  await sweepExpired(services, new Date(Date.now() + 367 * DAY_MS));
  expect((await owner.apiKeys.list()).map(({ name }) => name)).toEqual(['the one']);
});

test('fifty working keys are enough for one person', async () => {
  const made = await Promise.allSettled(Array.from({ length: 60 }, () => owner.apiKeys.create(wide)));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(50);
});
