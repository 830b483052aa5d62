import { asc, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { roleGrants, users } from '../../db/schema';
import { testServices } from '../testing';
import { seedHosts } from './testing';

let services: Awaited<ReturnType<typeof testServices>>;
let people: string[];
let hostIds: string[];

beforeEach(async () => {
  services = await testServices();
  hostIds = await seedHosts(services.db, [{}, {}]);
  const emails = ['ann@example.com', 'bob@example.com'];
  const rows = emails.map((email) => ({ email, passwordHash: '-', role: 'none' as const }));
  people = (await services.db.insert(users).values(rows).returning({ id: users.id })).map(({ id }) => id);
});

const rolesOf = async () =>
  (await services.db.select().from(users).orderBy(asc(users.email))).map(({ grantedRoles }) => grantedRoles);
const waiting = async () => {
  const { rows } = await services.db.execute<{ n: number }>(sql`
    select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
  return rows[0]!.n;
};

// Each counted without what the other had granted and not yet committed, and the later count stood.
test('of two who grant somebody a role at the same moment, neither takes it from the other', async () => {
  const [userId] = people as [string, string];
  const [one, other] = hostIds as [string, string];
  const { second } = await services.db.transaction(async (tx) => {
    await tx.insert(roleGrants).values({ userId, hostId: one, role: 'viewer' });
    const second = Promise.allSettled([
      services.db.insert(roleGrants).values({ userId, hostId: other, role: 'operator' }),
    ]);
    await expect.poll(waiting).toBe(1);
    return { second };
  });
  expect(await second).toMatchObject([{ status: 'fulfilled' }]);
  expect(await rolesOf()).toEqual([['operator', 'viewer'], []]);
});

test('grants of the same people, given at once in opposite orders, do not wait for each other', async () => {
  const grant = (hostId: string, ids: string[]) =>
    services.db.insert(roleGrants).values(ids.map((userId) => ({ userId, hostId, role: 'viewer' as const })));
  for (let round = 0; round < 20; round++) {
    await Promise.all([grant(hostIds[0]!, people), grant(hostIds[1]!, people.toReversed())]);
    await services.db.delete(roleGrants);
  }
  expect(await rolesOf()).toEqual([[], []]);
});

test('a grant that is moved to somebody else is taken from who had it', async () => {
  const [ann, bob] = people as [string, string];
  await services.db.insert(roleGrants).values({ userId: ann, hostId: hostIds[0]!, role: 'operator' });
  await services.db.update(roleGrants).set({ userId: bob });
  expect(await rolesOf()).toEqual([[], ['operator']]);
});
