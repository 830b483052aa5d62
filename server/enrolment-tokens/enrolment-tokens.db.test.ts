import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { enrolmentTokens } from '../../db/schema';
import { agentOf } from '../agents/testing';
import { administratorOf, callerFor, registrationOf, sessionOf, strangerOf, testServices } from '../testing';
import { newTokenOf } from './testing';

const one = async (services: Awaited<ReturnType<typeof testServices>>) =>
  (await services.db.select().from(enrolmentTokens))[0]!;

test('a new token carries the addresses, the pin and a credential that no row, list or log holds', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { token, servers, pins, credential } = await newTokenOf(admin, {
    servers: ['https://a.example.com', 'https://192.0.2.1:443'],
  });

  expect(servers.map(String)).toEqual(['https://a.example.com:6443/', 'https://192.0.2.1/']);
  expect(pins).toEqual([services.authority.pin]);
  await strangerOf(services).agents.register({ ...(await registrationOf('web-01.example.com')), token: credential });

  const kept = JSON.stringify([
    await admin.enrolmentTokens.list({}),
    await one(services),
    await services.db.query.hosts.findMany(),
    services.logged,
  ]);
  for (const secret of [token, credential, Buffer.from(credential, 'base64url').toString('hex')])
    expect(kept).not.toContain(secret);
});

test('the list tells what each token is worth, a page at a time, the newest first', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const active = await newTokenOf(admin, { name: 'active', tags: ['web', 'web', 'eu'], maxUses: 2 });
  const expired = await newTokenOf(admin, { name: 'expired' });
  await services.db.update(enrolmentTokens).set({ expiresAt: new Date() }).where(eq(enrolmentTokens.id, expired.id));
  const usedUp = await newTokenOf(admin, { name: 'used up', maxUses: 1 });
  for (const { credential } of [active, usedUp]) {
    await strangerOf(services).agents.register({ ...(await registrationOf('web-01.example.com')), token: credential });
  }
  const revoked = await newTokenOf(admin, { name: 'revoked' });
  await admin.enrolmentTokens.revoke({ tokenId: revoked.id });

  const first = await admin.enrolmentTokens.list({ limit: 3 });
  const second = await admin.enrolmentTokens.list({ limit: 3, cursor: first.nextCursor! });

  expect(
    [...first.tokens, ...second.tokens].map(({ name, state, used, maxUses }) => ({ name, state, used, maxUses })),
  ).toEqual([
    { name: 'revoked', state: 'revoked', used: 0, maxUses: null },
    { name: 'used up', state: 'used_up', used: 1, maxUses: 1 },
    { name: 'expired', state: 'expired', used: 0, maxUses: null },
    { name: 'active', state: 'active', used: 1, maxUses: 2 },
  ]);
  expect(second).toMatchObject({
    nextCursor: null,
    tokens: [{ createdBy: 'admin@example.com', tags: ['web', 'eu'], revokedAt: null }],
  });
});

test('a token is revoked once, and one that never was is not found', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { id: tokenId } = await newTokenOf(admin);
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => admin.enrolmentTokens.revoke({ tokenId })));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(admin.enrolmentTokens.revoke({ tokenId })).rejects.toMatchObject({
    appCode: 'enrolment.already_revoked',
  });
  await expect(admin.enrolmentTokens.revoke({ tokenId: crypto.randomUUID() })).rejects.toMatchObject({
    appCode: 'enrolment.not_found',
  });
});

test('nobody without a session, and no machine, makes, sees or revokes one', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { id: tokenId } = await newTokenOf(admin);
  const agent = callerFor(services, { listener: 'channel', agent: agentOf(tokenId) });
  for (const caller of [callerFor(services), strangerOf(services), agent]) {
    const create = { name: 'x', expiresInHours: 1, maxUses: null, autoApprove: true, servers: ['https://a.test'] };
    await expect(caller.enrolmentTokens.list({})).rejects.toMatchObject({ appCode: 'auth.required' });
    await expect(caller.enrolmentTokens.create(create)).rejects.toMatchObject({ appCode: 'auth.required' });
    await expect(caller.enrolmentTokens.revoke({ tokenId })).rejects.toMatchObject({ appCode: 'auth.required' });
  }
});

test.each([
  { name: ' ' },
  { name: 'a\0b' },
  { expiresInHours: 0 },
  { maxUses: 0 },
  { servers: [] },
  { servers: ['http://a.example.com'] },
  { servers: ['https://a.example.com/path'] },
  { tags: [''] },
])('%j makes no token', async (wrong) => {
  const services = await testServices();
  const admin = await administratorOf(services);
  await expect(newTokenOf(admin, wrong)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  expect((await admin.enrolmentTokens.list({})).tokens).toEqual([]);
});

test('a key that may make tokens, but may not approve, makes none that approves', async () => {
  const services = await testServices();
  const key = callerFor(services, {
    session: { ...sessionOf(), via: 'key', keyName: 'rack 4', permissions: new Set(['enrolment.manage'] as const) },
  });
  const asked = { name: 'rack 4', expiresInHours: 1, maxUses: 1, servers: ['https://server.example.com'] };
  await expect(key.enrolmentTokens.create({ ...asked, autoApprove: true })).rejects.toMatchObject({
    appCode: 'auth.forbidden',
  });
  expect(await services.db.$count(enrolmentTokens)).toBe(0);
});
