import { expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { apiKeys, auditPending, tokenChains, users } from '../../db/schema';
import { hashPassword } from '../auth/password';
import { PERMISSIONS } from '../auth/permissions';
import type { Session } from '../auth/session';
import type { AppError } from '../errors';
import { administratorOf, callerFor, sessionOf, testServices } from '../testing';

type TestServices = Awaited<ReturnType<typeof testServices>>;

async function seed(services: TestServices, name: string) {
  const [user] = await services.db
    .insert(users)
    .values({ email: `${name}@example.com`, passwordHash: '-', role: 'administrator' })
    .returning();
  return user!;
}

/** The session as a request finds it when it comes in. */
const WAYS: Record<Session['via'], (services: TestServices, user: { id: string; email: string }) => Promise<Session>> =
  {
    cookie: async ({ sessions }, { id }) => (await sessions.find((await sessions.start(id)).split(';')[0]))!,
    async token({ db }, user) {
      const [chain] = await db
        .insert(tokenChains)
        .values({ userId: user.id, expiresAt: new Date(Date.now() + 600_000) })
        .returning();
      return { ...sessionOf(user), id: chain!.id, via: 'token' };
    },
    async key({ db }, user) {
      const [key] = await db
        .insert(apiKeys)
        .values({
          userId: user.id,
          name: 'key',
          prefix: 'smk_',
          hash: `of a key of ${user.id}`,
          permissions: PERMISSIONS,
          expiresAt: new Date(Date.now() + 600_000),
        })
        .returning();
      return { ...sessionOf(user), id: key!.id, via: 'key', keyName: 'key' };
    },
  };

/** Every act of an administrator, on themselves and on somebody else. */
const actsOf = (rogue: ReturnType<typeof callerFor>, self: string, other: string) => ({
  activate: () => rogue.users.activate({ userId: self }),
  update: () => rogue.users.update({ userId: self, role: 'administrator' }),
  invite: () => rogue.users.invite({ email: 'stay@example.com', name: '', role: 'administrator' }),
  renewLink: () => rogue.users.renewLink({ userId: other }),
  deactivate: () => rogue.users.deactivate({ userId: other }),
  signOutEverywhere: () => rogue.users.signOutEverywhere({ userId: other }),
  unlock: () => rogue.users.unlock({ userId: other }),
  delete: () => rogue.users.delete({ userId: other }),
});

test.each(['cookie', 'token', 'key'] as const)(
  'by %s: a request that came in before its sender was shut out changes nothing after it',
  async (via) => {
    const services = await testServices();
    const boss = await administratorOf(services);
    const other = await seed(services, 'other');
    for (const how of ['deactivated', 'signed out', 'demoted', 'deleted'] as const) {
      const rogue = await seed(services, `rogue-${how.replace(' ', '-')}`);
      const acts = actsOf(callerFor(services, { session: await WAYS[via](services, rogue) }), rogue.id, other.id);
      const [self, code] = [{ userId: rogue.id }, how === 'demoted' ? 'auth.forbidden' : 'auth.required'];
      if (how === 'deactivated') await boss.users.deactivate(self);
      else if (how === 'signed out') await boss.users.signOutEverywhere(self);
      else if (how === 'demoted') await boss.users.update({ ...self, role: 'viewer' });
      else await boss.users.delete(self);
      const before = await services.db.select().from(users).orderBy(users.id);

      for (const [name, act] of Object.entries(acts))
        await expect(act(), `${how}: ${name}`).rejects.toMatchObject({ appCode: code });

      expect(await services.db.select().from(users).orderBy(users.id)).toEqual(before);
    }
  },
);

test('nor does what is one’s own change after it', async () => {
  const services = await testServices();
  const boss = await administratorOf(services);
  for (const how of ['deactivate', 'signOutEverywhere'] as const) {
    const [user] = await services.db
      .insert(users)
      .values({
        email: `rogue-${how}@example.com`,
        passwordHash: await hashPassword('correct horse battery'),
        role: 'viewer',
      })
      .returning();
    const caller = callerFor(services, { session: await WAYS.cookie(services, user!) });
    const acts = {
      update: () => caller.profile.update({ name: 'still here', language: null }),
      changePassword: () =>
        caller.profile.changePassword({ old: 'correct horse battery', password: 'another horse battery' }),
      signOutElsewhere: () => caller.profile.signOutElsewhere(),
      createKey: () => caller.apiKeys.create({ name: 'stay', permissions: ['hosts.read'] }),
    };
    await boss.users[how]({ userId: user!.id });
    const before = await services.db.select().from(users).orderBy(users.id);

    for (const [name, act] of Object.entries(acts))
      await expect(act(), `${how}: ${name}`).rejects.toMatchObject({ appCode: 'auth.required' });

    expect(await services.db.select().from(users).orderBy(users.id)).toEqual(before);
  }
});

test('who is refused so is on record', async () => {
  const services = await testServices();
  const boss = await administratorOf(services);
  const rogue = await seed(services, 'rogue');
  const caller = callerFor(services, { session: await WAYS.cookie(services, rogue) });
  await boss.users.deactivate({ userId: rogue.id });
  await expect(caller.users.activate({ userId: rogue.id })).rejects.toMatchObject({ appCode: 'auth.required' });
  await services.audit.stop();
  const rows = await services.db.select().from(auditPending);
  const sealed = await services.db.query.auditRecords.findMany();
  expect([...rows, ...sealed]).toContainEqual(
    expect.objectContaining({ action: 'user.activate', outcome: 'refused', code: 'auth.required', actorId: rogue.id }),
  );
});

test('twenty-four acts at once on one another end in answers, and somebody can still administer', async () => {
  const services = await testServices();
  const people: Awaited<ReturnType<typeof seed>>[] = [];
  for (let i = 0; i < 5; i++) people.push(await seed(services, `admin-${i}`));
  for (let round = 0; round < 6; round++) {
    const callers = await Promise.all(
      people.map(async (person) => callerFor(services, { session: await WAYS.cookie(services, person) })),
    );
    const acts = Array.from({ length: 24 }, (_, i) => {
      const [api, { id: userId }] = [callers[i % 5]!, people[(i * 7 + round + Math.floor(i / 5)) % 5]!];
      return [
        () => api.users.deactivate({ userId }),
        () => api.users.update({ userId, role: 'viewer' }),
        () => api.users.update({ userId, name: `${round}` }),
        () => api.users.activate({ userId }),
        () => api.users.renewLink({ userId }),
        () => api.users.signOutEverywhere({ userId }),
        () =>
          api.enrolmentTokens.create({
            name: 'rack',
            expiresInHours: 1,
            maxUses: 1,
            autoApprove: true,
            servers: ['https://server.example.com'],
          }),
        () => api.profile.update({ name: `own ${round}`, language: null }),
      ][(i + round) % 8]!();
    });
    const refused = (await Promise.allSettled<unknown>(acts))
      .filter((outcome) => outcome.status === 'rejected')
      .map(({ reason }) => (reason as AppError).appCode);
    expect(refused.filter((code) => !/^(auth\.(required|forbidden)|user\.\w+)$/.test(code))).toEqual([]);
    const rows = await services.db.select().from(users);
    expect(rows.some(({ role, deactivatedAt }) => role === 'administrator' && !deactivatedAt)).toBe(true);
    for (const { id } of rows)
      await services.db.update(users).set({ role: 'administrator', deactivatedAt: null }).where(eq(users.id, id));
  }
});
