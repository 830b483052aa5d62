import { eq, type SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { expect, test } from 'vitest';
import type { Database } from '../../db/client';
import { hosts, roleGrants, users } from '../../db/schema';
import type { Session } from '../auth/session';
import { seedHosts } from '../hosts/testing';
import type { Services } from '../services';
import { createHub } from '../live/hub';
import { openPage } from '../live/testing';
import { sessionOf, testServices } from '../testing';
import type { Overview } from './find-overview';
import { registerOverview } from './topic';

/** The session of somebody who may see one host. */
async function viewerOf({ db }: Pick<Services, 'db'>, hostId: string, email = 'some@example.com'): Promise<Session> {
  const [user] = await db.insert(users).values({ email, passwordHash: '-', role: 'none' }).returning();
  await db.insert(roleGrants).values({ userId: user!.id, role: 'viewer', hostId });
  const rights = { permissions: new Set<never>(), onSome: new Set(['hosts.read' as const]) };
  return { ...sessionOf({ id: user!.id, email, role: 'none' }), ...rights };
}

test('an open dashboard hears of what is wrong, of the hosts of its person and once for all who see all', async () => {
  const services = await testServices();
  const [mine, theirs] = (await seedHosts(services.db, [
    { fqdn: 'mine', keyFingerprint: 'a', presence: 'up' },
    { fqdn: 'theirs', keyFingerprint: 'b', presence: 'up' },
  ])) as [string, string];
  const some = await viewerOf(services, mine);
  const all = await openPage(services);
  const limited = await openPage(services, some);
  await all.watch({ topic: 'overview', keys: ['all'] });
  await limited.watch({ topic: 'overview', keys: [some.user.id] });

  const health = { state: 'critical' as const, reason: 'cpu above 95', since: new Date() };
  for (const hostId of [mine, theirs]) {
    const { state, reason, since } = health;
    await services.db
      .update(hosts)
      .set({ health: state, healthReason: reason, healthSince: since })
      .where(eq(hosts.id, hostId));
    services.events.emit('host.health', { hostId, health: { ...health, since: since.toISOString() } });
  }
  expect(await all.nextOf('overview')).toMatchObject([{ kind: 'value', key: 'all', value: { ill: { critical: 2 } } }]);
  const heard = await limited.nextOf('overview');
  expect(heard).toMatchObject([{ kind: 'value', value: { ill: { critical: 1 } } }]);
  expect(JSON.stringify(heard)).not.toContain('theirs');
});

test('what all hosts come to is not told to who sees some of them, nor that of another person', async () => {
  const services = await testServices();
  const [mine] = (await seedHosts(services.db, [{ fqdn: 'mine', presence: 'up' }])) as [string];
  const some = await viewerOf(services, mine);
  const page = await openPage(services, some);
  const another = '01890000-0000-7000-8000-00000000000f';
  await page.watch({ topic: 'overview', keys: ['all', another] });
  expect((await page.nextOf('overview')).map(({ kind, key }) => `${kind} ${key}`).sort()).toEqual([
    `gone ${another}`,
    'gone all',
  ]);
});

test('who sees some hosts hears of them by the clock, and who has the same grants shares what is read', async () => {
  const services = await testServices();
  const [mine, theirs] = (await seedHosts(services.db, [
    { fqdn: 'mine', keyFingerprint: 'a', presence: 'up' },
    { fqdn: 'theirs', keyFingerprint: 'b', presence: 'up' },
  ])) as [string, string];
  for (const hostId of [mine, theirs])
    await services.reports.happening({ hostId, at: new Date(), kind: 'up', detail: null });
  let statements = 0;
  const execute = (statement: SQL) => {
    statements++;
    return services.db.execute(statement);
  };
  const db = Object.assign(Object.create(services.db) as Database, { execute });
  const hub = createHub({ log: services.log, sightVersion: async () => 1 });
  registerOverview({ ...services, db, hub });
  const people = [
    await viewerOf(services, mine),
    await viewerOf(services, mine, 'same@example.com'),
    await viewerOf(services, theirs, 'other@example.com'),
  ];
  const pages = await Promise.all(people.map((session) => openPage({ ...services, hub }, session)));
  for (const [n, page] of pages.entries()) await page.watch({ topic: 'overview', keys: [people[n]!.user.id] });
  // Nobody says that anything happened.
  const told = await Promise.all(
    pages.map(async (page) => {
      const [change] = (await page.nextOf('overview')) as unknown as { value: Overview }[];
      return change!.value.events.map(({ fqdn }) => fqdn);
    }),
  );
  expect(told).toEqual([['mine'], ['mine'], ['theirs']]);
  // The strip is two of them, and nothing else of it is asked for so.
  expect(statements, 'of two that differ').toBe(2 * 2);
});

test('who sees all hosts does not wait for the dashboards of who sees some', async () => {
  const services = await testServices();
  const [mine] = (await seedHosts(services.db, [{ fqdn: 'mine', presence: 'up' }])) as [string];
  const some = await viewerOf(services, mine);
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let begin = () => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const execute = async (statement: SQL) => {
    if (new PgDialect().sqlToQuery(statement).params.includes(some.user.id)) {
      begin();
      await held;
    }
    return services.db.execute(statement);
  };
  const db = Object.assign(Object.create(services.db) as Database, { execute });
  const hub = createHub({ log: services.log, sightVersion: async () => 1 });
  registerOverview({ ...services, db, hub });
  const all = await openPage({ ...services, hub });
  const limited = await openPage({ ...services, hub }, some);
  await all.watch({ topic: 'overview', keys: ['all'] });
  await limited.watch({ topic: 'overview', keys: [some.user.id] });
  await begun;
  await services.db.update(hosts).set({ health: 'critical', healthReason: 'cpu above 95', healthSince: new Date() });
  services.events.emit('host.changed', { hostId: mine });
  const value = { ill: { critical: 1 } };
  expect(await all.nextOf('overview')).toMatchObject([{ key: 'all', value }]);
  letGo();
  expect(await limited.nextOf('overview')).toMatchObject([{ key: some.user.id }]);
});
