/** What somebody may who has a role on some hosts. That the others are no hosts for them: router.access.db.test.ts. */
import { eq, type SQL } from 'drizzle-orm';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createRandom } from '../../agent/commands/simulation/testing-random';
import type { Database } from '../../db/client';
import { fleetHosts, fleets, hosts, roleGrants, users } from '../../db/schema';
import { HOST_PERMISSIONS } from '../auth/permissions';
import type { Session } from '../auth/session';
import { watchSessions } from '../auth/watch-sessions';
import { administratorOf, callerFor, personOn, sessionOf, testServices } from '../testing';
import { seedHosts } from './testing';
import { grantsToSee, hostsOfEach, hostsWith } from './visible-hosts';

let services: Awaited<ReturnType<typeof testServices>>;
let mine: string;
let waiting: string;
let other: string;

beforeEach(async () => {
  services = await testServices();
  const seeded = await seedHosts(services.db, [{}, { approval: 'pending' }, {}]);
  [mine, waiting, other] = seeded as [string, string, string];
});

const forbidden = { appCode: 'auth.forbidden' };
const notFound = { appCode: 'host.not_found' };
const approvalOf = async (id: string) => (await services.db.select().from(hosts).where(eq(hosts.id, id)))[0]?.approval;
const grantedRolesOf = async (id: string) =>
  (await services.db.select().from(users).where(eq(users.id, id)))[0]!.grantedRoles;

test('an operator of some hosts reads them and decides on them, and on nothing else', async () => {
  const person = await personOn(services, { role: 'operator', hostIds: [mine, waiting] });
  expect((await person.hosts.list({})).hosts.map(({ id }) => id).sort()).toEqual([mine, waiting].sort());
  expect(await person.hosts.counts()).toMatchObject({ total: 2, counts: { pending: 1 } });
  expect((await person.hosts.byId({ hostId: mine })).host).toMatchObject({ id: mine });

  await person.hosts.update({ hostId: mine, notes: 'rack 4' });
  await person.hosts.reject({ hostId: waiting });
  await person.hosts.revoke({ hostId: mine });

  expect(await Promise.all([mine, waiting, other].map(approvalOf))).toEqual(['revoked', 'rejected', 'approved']);
  for (const { list } of [person.enrolmentTokens, person.users, person.audit]) {
    await expect(list({})).rejects.toMatchObject(forbidden);
  }
});

test('a viewer of some hosts changes none of them, and what they try is on record', async () => {
  const person = await personOn(services, { role: 'viewer', hostIds: [mine] });
  expect((await person.hosts.byId({ hostId: mine })).host).toMatchObject({ id: mine });
  await expect(person.hosts.revoke({ hostId: mine })).rejects.toMatchObject(forbidden);
  await expect(person.hosts.rotateCertificate({ all: true })).rejects.toMatchObject(forbidden);
  const { records } = await (await administratorOf(services)).audit.list({ outcome: 'refused' });
  expect(records.map(({ action, code }) => [action, code])).toContainEqual(['host.revoke', 'auth.forbidden']);
});

test('who sees everything and is an operator of some is refused on the others, not told that they are none', async () => {
  const person = await personOn(services, { role: 'operator', hostIds: [mine], everywhere: 'viewer' });
  expect((await person.hosts.list({})).total).toBe(3);
  await expect(person.hosts.revoke({ hostId: other })).rejects.toMatchObject(forbidden);
  await expect(person.hosts.reject({ hostId: waiting })).rejects.toMatchObject(forbidden);
  // What is done to all that match is done to all of theirs.
  expect(await person.hosts.rotateCertificate({ all: true })).toEqual({ requested: 1 });
  await person.hosts.revoke({ hostId: mine });
  expect(await Promise.all([mine, waiting, other].map(approvalOf))).toEqual(['revoked', 'pending', 'approved']);
});

test('a conflict is decided by who may decide on both sides of it', async () => {
  const [known, newcomer] = (await seedHosts(services.db, [
    { fqdn: 'db-01.example.com', keyFingerprint: 'known' },
    { fqdn: 'db-01.example.com', keyFingerprint: 'newcomer', approval: 'conflict' },
  ])) as [string, string];
  const one = await personOn(services, { role: 'operator', hostIds: [newcomer], everywhere: 'viewer' });
  for (const act of [one.hosts.replace, one.hosts.keep])
    await expect(act({ hostId: newcomer })).rejects.toMatchObject(forbidden);
  expect((await one.hosts.namesakes({ hostId: newcomer })).map(({ id }) => id)).toEqual([known]);
  await services.db.insert(roleGrants).values({ userId: (await one.users.me())!.id, hostId: known, role: 'operator' });
  await one.hosts.keep({ hostId: newcomer });
  expect(await approvalOf(newcomer)).toBe('rejected');
});

test('a grant that is taken away is gone with the next request, and with the host', async () => {
  const person = await personOn(services, { role: 'operator', hostIds: [mine, other] });
  const { id: userId } = (await person.users.me())!;
  await services.db.delete(roleGrants).where(eq(roleGrants.hostId, mine));
  await expect(person.hosts.byId({ hostId: mine })).rejects.toMatchObject(notFound);
  expect((await person.hosts.list({})).hosts.map(({ id }) => id)).toEqual([other]);
  expect(await grantedRolesOf(userId)).toEqual(['operator']);

  await (await administratorOf(services)).hosts.delete({ hostId: other });
  expect(await services.db.$count(roleGrants)).toBe(0);
  expect(await grantedRolesOf(userId)).toEqual([]);
});

test('the roles that somebody has on something stand with them, each once', async () => {
  const person = await personOn(services, { role: 'operator', hostIds: [mine, other] });
  const { id: userId } = (await person.users.me())!;
  await services.db.insert(roleGrants).values({ userId, hostId: waiting, role: 'viewer' });
  expect(await grantedRolesOf(userId)).toEqual(['operator', 'viewer']);
  await services.db.update(roleGrants).set({ role: 'viewer' }).where(eq(roleGrants.userId, userId));
  expect(await grantedRolesOf(userId)).toEqual(['viewer']);
});

test('an open page begins anew when its person’s grants change, be it within the same role', async () => {
  const person = await personOn(services, { role: 'viewer', hostIds: [mine] });
  const { id: userId } = (await person.users.me())!;
  const session = (await services.sessions.find((await services.sessions.start(userId)).split(';')[0]))!;
  let isOver = false;
  const changed = new Promise<void>((resolve) => {
    const onEnd = () => (isOver = true);
    onTestFinished(watchSessions(services).watch({ session, onEnd, onChange: resolve }));
  });
  await services.db.insert(roleGrants).values({ userId, hostId: other, role: 'viewer' });
  await changed;
  expect(isOver).toBe(false);
});

test('an API key may on some hosts what it names, and its owner may there', async () => {
  const person = await personOn(services, { role: 'operator', hostIds: [mine] });
  await expect(
    person.apiKeys.create({ name: 'wide', permissions: ['enrolment.manage'], days: 1 }),
  ).rejects.toMatchObject({ appCode: 'key.too_wide' });
  const { key } = await person.apiKeys.create({ name: 'revoker', permissions: ['hosts.revoke'], days: 1 });
  const script = callerFor(services, { listener: 'api', bearer: key });
  await expect(script.hosts.list({})).rejects.toMatchObject(forbidden);
  await expect(script.hosts.revoke({ hostId: other })).rejects.toMatchObject(notFound);
  await script.hosts.revoke({ hostId: mine });
  expect(await Promise.all([mine, other].map(approvalOf))).toEqual(['revoked', 'approved']);
});

test('a page offers what may be done to some hosts', async () => {
  const person = await personOn(services, { role: 'viewer', hostIds: [mine] });
  expect(await person.users.me()).toMatchObject({
    role: 'none',
    permissions: ['hosts.read', 'configuration.read', 'certificates.read'],
    everywhere: [],
  });
});

test('who may manage people and not those hosts opens nobody’s access to them', async () => {
  const person = await personOn(services, { role: 'operator', hostIds: [mine] });
  const { id: userId } = (await person.users.me())!;
  const admin = await administratorOf(services);
  const { key } = await admin.apiKeys.create({ name: 'people', permissions: ['users.manage'], days: 1 });
  const script = callerFor(services, { listener: 'api', bearer: key });
  await expect(script.users.renewLink({ userId })).rejects.toMatchObject({ appCode: 'key.too_wide' });
  await admin.users.renewLink({ userId });
});

test('what many may do it to is, asked at once, what each may; and who has the same grants sees the same', async () => {
  const { db } = services;
  const ids = await seedHosts(
    db,
    Array.from({ length: 12 }, (_, n) => ({ fqdn: `host-${n}`, keyFingerprint: `of ${n}` })),
  );
  const random = createRandom(1);
  const isHeads = () => random.chance(0.4);
  const made = await db
    .insert(fleets)
    .values(['One', 'Two', 'Three'].map((name) => ({ name })))
    .returning();
  const members = made.flatMap(({ id: fleetId }) => ids.filter(isHeads).map((hostId) => ({ fleetId, hostId })));
  await db.insert(fleetHosts).values(members.map((one) => ({ ...one, how: isHeads() ? 'claimed' : 'ruled' }) as const));
  const people = await db
    .insert(users)
    .values(
      Array.from({ length: 6 }, (_, n) => ({ email: `${n}@example.com`, passwordHash: '-', role: 'none' as const })),
    )
    .returning();
  const on = [...ids.map((hostId) => ({ hostId })), ...made.map(({ id: fleetId }) => ({ fleetId }))];
  const grants = people
    .slice(1, -1)
    .flatMap(({ id: userId }) =>
      on
        .filter(isHeads)
        .map((one) => ({ ...one, userId, role: isHeads() ? ('viewer' as const) : ('operator' as const) })),
    );
  // The last sees what the one before does, as an operator of it.
  const before = grants.filter(({ userId }) => userId === people[4]!.id);
  const same = before.map((grant) => ({ ...grant, userId: people[5]!.id, role: 'operator' as const }));
  await db.insert(roleGrants).values([...grants, ...same]);

  const some = (user: (typeof people)[number]): Session => {
    return { ...sessionOf(user), permissions: new Set(), onSome: new Set(HOST_PERMISSIONS) };
  };
  const sessions = [
    ...people.map(some),
    sessionOf(),
    { ...sessionOf(), permissions: new Set(), onSome: new Set() } as Session,
  ];
  const keys = [...ids, '01890000-0000-7000-8000-0000000000ff'];
  const each = sessions.map((session, n) => ({ session, keys: n === 1 ? keys.slice(0, 5) : keys }));
  for (const permission of ['hosts.read', 'hosts.approve', 'commands.run'] as const) {
    const found = await hostsOfEach(db, permission, each);
    for (const [n, { session, keys }] of each.entries()) {
      const mine = await db.select({ id: hosts.id }).from(hosts).where(hostsWith({ session }, permission));
      const may = session.permissions.has(permission) ? keys : keys.filter((key) => mine.some(({ id }) => id === key));
      expect([...found[n]!].sort(), `${permission} of ${n}`).toEqual([...may].sort());
    }
  }
  const sight = await grantsToSee(
    db,
    people.map(({ id }) => id),
  );
  expect(sight.get(people[0]!.id)).toBeUndefined();
  expect(sight.get(people[5]!.id)).toBe(sight.get(people[4]!.id));
});

test('however many ask of however many, one statement is about no more than 5,000 of both together', async () => {
  const { db } = services;
  const session = { ...sessionOf(), permissions: new Set<never>(), onSome: new Set(HOST_PERMISSIONS) };
  await db.insert(users).values({ ...session.user, passwordHash: '-', role: 'none' });
  await db.insert(roleGrants).values({ userId: session.user.id, hostId: mine, role: 'viewer' });
  let statements = 0;
  const execute = (statement: SQL) => {
    statements++;
    return db.execute(statement);
  };
  const watched = Object.assign(Object.create(db) as Database, { execute });
  const keys = Array.from({ length: 3999 }, (_, n) => `01890000-0000-7000-8000-${String(n).padStart(12, '0')}`);
  const each = Array.from({ length: 3 }, () => ({ session, keys: [...keys, mine] }));
  expect(await hostsOfEach(watched, 'hosts.read', each)).toEqual([[mine], [mine], [mine]]);
  expect(statements).toBe(3);
});
