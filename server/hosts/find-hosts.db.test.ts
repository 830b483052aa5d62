import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { hosts } from '../../db/schema';
import { administratorOf, callerFor, testServices } from '../testing';
import { hostList, type HostQuery } from './find-hosts';
import { type NewHost, seedHosts } from './testing';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

const seed = (wanted: NewHost[]) => seedHosts(services.db, wanted);

/** Every page, one after the other, as a person who scrolls to the end gets them. */
async function walk(filter: Partial<HostQuery>): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await admin.hosts.list({ ...filter, cursor: cursor ?? undefined });
    expect(page.hosts.length).toBeGreaterThan(0);
    found.push(...page.hosts.map(({ id }) => id));
    cursor = page.nextCursor;
    if (found.length > 1000) throw new Error('it never ends');
  } while (cursor);
  return found;
}

const namesOf = async (filter: Partial<HostQuery>) => (await admin.hosts.list(filter)).hosts.map(({ fqdn }) => fqdn);

describe('page by page, every row comes exactly once', () => {
  const [early, late] = [new Date('2026-01-01T00:00:00.001Z'), new Date('2026-01-02T00:00:00.999Z')];
  /** Names, times and nothing at all, each many times over. */
  const equals: NewHost[] = Array.from({ length: 24 }, (_, i) => ({
    fqdn: ['same.example.com', 'a.example.com', 'Ä_%.example.com'][i % 3],
    approval: 'rejected',
    lastSeen: [early, undefined, late, undefined][i % 4],
    presence: i % 4 === 1 ? 'up' : i % 2 === 0 ? 'down' : undefined,
    ...{
      osName: ['Ä " \\', 'Debian'][i % 2],
      osVersion: ['9', '12', ''][i % 3],
      agentVersion: ['1.10.0', '1.9'][i % 2],
    },
    health: (['ok', 'warning', 'critical', null] as const)[i % 4],
  }));
  equals.push(
    ...[0, 1, 2].map((i) => ({
      ...{ fqdn: `approved-${i}.example.com`, health: (['ok', 'critical', null] as const)[i], healthSince: early },
    })),
  );

  describe.each(Object.keys(hostList.orders) as HostQuery['sort'][])('by %s', (sort) => {
    test.each(['asc', 'desc'] as const)('%s', async (direction) => {
      const ids = await seed(equals);
      await services.db.execute(sql`update host_figure set cpu = n % 3, memory = n % 4 - 1, disk = 100 - n % 2
        from (select id, row_number() over (order by id) n from host) h where h.id = host_id`);
      const whole = await walk({ sort, direction, limit: 200 });
      expect([...whole].sort()).toEqual([...ids].sort());
      for (const limit of [1, 5, 26, 27]) expect(await walk({ sort, direction, limit })).toEqual(whole);
      expect(await walk({ sort, direction: direction === 'asc' ? 'desc' : 'asc', limit: 7 })).toEqual(
        whole.toReversed(),
      );
    });
  });

  test('also while rows before the cursor come and go', async () => {
    const ids = await seed(equals);
    const first = await admin.hosts.list({ sort: 'registered', limit: 10 });
    await admin.hosts.delete({ hostId: ids[3]! });
    await admin.hosts.delete({ hostId: ids[9]! }); // the very row the cursor names
    const rest = await admin.hosts.list({ sort: 'registered', limit: 200, cursor: first.nextCursor! });
    expect(rest.hosts.map(({ id }) => id)).toEqual(ids.slice(10));
    expect(rest.total).toBe(25);
  });

  test('what was never seen sorts before all that was, and what is there after it', async () => {
    const [up, seenLate, never, seenEarly] = await seed([
      { presence: 'up', lastSeen: early },
      { presence: 'down', lastSeen: late },
      {},
      { presence: 'down', lastSeen: early },
    ]);
    expect(await walk({ sort: 'lastSeen' })).toEqual([never, seenEarly, seenLate, up]);
  });
});

test('versions stand in the order of their numbers, and systems of one name beside each other', async () => {
  await seed(
    ['1.9.0', '1.10.0', '1.9.1-rc2', '1.9.1-RC10', '0.12', '10.0.1234567890123'].map((agentVersion) => ({
      agentVersion,
    })),
  );
  const agents = async (direction: 'asc' | 'desc') =>
    (await admin.hosts.list({ sort: 'agent', direction })).hosts.map(({ agentVersion }) => agentVersion);
  const inOrder = ['0.12', '1.9.0', '1.9.1-rc2', '1.9.1-RC10', '1.10.0', '10.0.1234567890123'];
  expect(await agents('asc')).toEqual(inOrder);
  expect(await agents('desc')).toEqual(inOrder.toReversed());
  await services.db.delete(hosts);
  const systems = [
    ['Ubuntu', '24.04'],
    ['debian', '9'],
    ['Ubuntu', '4.10'],
    ['Debian', '12'],
  ] as const;
  await seed(systems.map(([osName, osVersion]) => ({ osName, osVersion })));
  const sorted = (await admin.hosts.list({ sort: 'system' })).hosts.map(({ osName, osVersion }) => [osName, osVersion]);
  expect(sorted).toEqual([systems[1], systems[3], systems[2], systems[0]]);
});

test('states stand by their names and hosts of one by theirs; health from what nobody knows to what is worst', async () => {
  await seed([
    { fqdn: 'b', presence: 'up' },
    { fqdn: 'a', presence: 'up' },
    { fqdn: 'd', presence: 'down' },
    { fqdn: 'c' },
  ]);
  const names = async (query: Partial<HostQuery>) => (await admin.hosts.list(query)).hosts.map(({ fqdn }) => fqdn);
  expect(await names({ sort: 'state' })).toEqual(['d', 'c', 'a', 'b']);
  expect(await names({ sort: 'state', direction: 'desc' })).toEqual(['b', 'a', 'c', 'd']);
  const of = (fqdn: string, health: 'ok' | 'warning' | 'critical', approval: NewHost['approval'] = 'approved') =>
    services.db.update(hosts).set({ health, healthSince: new Date(), approval }).where(eq(hosts.fqdn, fqdn));
  await of('a', 'warning');
  await of('b', 'critical', 'revoked');
  await of('c', 'critical');
  await of('d', 'ok');
  expect(await names({ sort: 'health' })).toEqual(['b', 'd', 'a', 'c']);
});

test('search finds the text, in names and in addresses, and nothing in it is a pattern', async () => {
  const [web_01, webx01, db] = ['web_01.example.com', 'webx01.example.com', 'db.example.org'];
  await seed([
    { fqdn: web_01, addresses: ['192.0.2.17', '2001:db8::17'] },
    { fqdn: webx01, addresses: ['198.51.100.5'] },
    { fqdn: db, addresses: [] },
  ]);
  const expected: [search: string, names: string[]][] = [
    ['web', [web_01, webx01]],
    ['WEB_', [web_01]],
    [' ORG ', [db]],
    ['_', [web_01]],
    ['%', []],
    ['\\', []],
    ['b%e', []],
    ['192.0.2.17', [web_01]],
    ['2001:DB8', [web_01]],
    ["' or true --", []],
    // What stands between the addresses in the database is no part of them.
    ['"', []],
    [', ', []],
    ['[', []],
    ['', [db, web_01, webx01]],
    ['   ', [db, web_01, webx01]],
  ];
  for (const [search, names] of expected) {
    expect(await namesOf({ search }), search).toEqual(names);
    expect(await admin.hosts.list({ search }), search).toMatchObject({ total: names.length, nextCursor: null });
  }
});

describe('filters', () => {
  beforeEach(async () => {
    await seed([
      { fqdn: 'up', presence: 'up' },
      { fqdn: 'down', presence: 'down', platform: 'freebsd' },
      { fqdn: 'never' },
      { fqdn: 'pending', approval: 'pending', platform: 'freebsd' },
      { fqdn: 'conflict', approval: 'conflict' },
      { fqdn: 'rejected', approval: 'rejected' },
      // Left over from when it was connected: it is not down, it is out.
      { fqdn: 'revoked', approval: 'revoked', presence: 'down' },
    ]);
  });

  test('each state', async () => {
    for (const state of ['up', 'down', 'never', 'pending', 'conflict', 'rejected', 'revoked'] as const) {
      expect(await namesOf({ state }), state).toEqual([state]);
      expect((await admin.hosts.list({ state })).total, state).toBe(1);
    }
  });

  test('platform, alone and with others', async () => {
    expect(await namesOf({ platform: 'freebsd' })).toEqual(['down', 'pending']);
    expect(await namesOf({ platform: 'freebsd', state: 'down', search: 'ow' })).toEqual(['down']);
    expect(await namesOf({ platform: 'windows' })).toEqual([]);
  });

  test('without what waits for a decision', async () => {
    expect(await namesOf({ waiting: false })).toEqual(['down', 'never', 'rejected', 'revoked', 'up']);
  });

  test('the total counts what the filter leaves, on every page', async () => {
    const first = await admin.hosts.list({ waiting: false, limit: 2 });
    const second = await admin.hosts.list({ waiting: false, limit: 2, cursor: first.nextCursor! });
    expect([first.total, second.total]).toEqual([5, 5]);
  });
});

test('what waits comes oldest first, twenty-five of it, and all of it counted', async () => {
  const ids = await seed(Array.from({ length: 28 }, (_, i) => ({ approval: i % 2 ? 'pending' : 'conflict' })));
  await seed([{ approval: 'rejected', keyFingerprint: 'another' }]);
  const { hosts: waiting, total, nextCursor } = await admin.hosts.waiting();
  expect(waiting.map(({ id }) => id)).toEqual(ids.slice(0, 25));
  expect(total).toBe(28);
  const rest = await admin.hosts.waiting({ cursor: nextCursor! });
  expect(rest.hosts.map(({ id }) => id)).toEqual(ids.slice(25));
  expect(rest).toMatchObject({ total: 28, nextCursor: null });
});

test('what waits can be looked for, also by where it asked from', async () => {
  const [pending, conflict] = await seed([
    { approval: 'pending', fqdn: 'web-01.example.com', registeredFrom: '203.0.113.7' },
    { approval: 'conflict', fqdn: 'db-01.example.com', platform: 'freebsd' },
    { approval: 'rejected', fqdn: 'web-02.example.com', registeredFrom: '203.0.113.7' },
  ]);
  const found = async (filter: Parameters<typeof admin.hosts.waiting>[0]) => {
    const { hosts, total } = await admin.hosts.waiting(filter);
    expect(total).toBe(hosts.length);
    return hosts.map(({ id }) => id);
  };
  expect(await found({ from: '203.0.113.7' })).toEqual([pending]);
  expect(await found({ search: 'DB-' })).toEqual([conflict]);
  expect(await found({ state: 'conflict' })).toEqual([conflict]);
  expect(await found({ platform: 'linux' })).toEqual([pending]);
  expect(await found({ from: '203.0.113.7', platform: 'freebsd' })).toEqual([]);
});

test('a cursor that is not ours is the caller’s mistake', async () => {
  const id = '01890000-0000-7000-8000-000000000000';
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  const hostile: [what: string, cursor: string][] = [
    ['not base64', '!!!'],
    ['not JSON', Buffer.from('x').toString('base64url')],
    ['null', encoded(null)],
    ['an object', encoded({ key: 'a', id })],
    ['too short', encoded(['a'])],
    ['too long', encoded(['a', id, id])],
    ['another kind of key', encoded([1, id])],
    ['no uuid', encoded(['a', 'x'])],
    ['SQL for a uuid', encoded(['a', `${id}'; drop table host; --`])],
    ['a key too long', encoded(['a'.repeat(301), id])],
    ['a key no database can hold', encoded(['a\0', id])],
    ['half a surrogate pair', encoded(['\ud800', id])],
    ['a number too large', encoded(['9999999999', id])],
    ['no instant', encoded(['yesterday', id])],
    ['an instant out of range', encoded(['999999-01-01T00:00:00.000Z', id])],
    ['an instant in the year 0', encoded(['0000-01-01T00:00:00.000Z', id])],
    ['an instant that is no day', encoded(['2026-02-31T00:00:00.000Z', id])],
    ['too large', 'A'.repeat(1001)],
  ];
  await seed([{ lastSeen: new Date() }]);
  for (const [what, cursor] of hostile) {
    for (const sort of ['fqdn', 'registered', 'state', 'system', 'agent'] as const) {
      const outcome: unknown = await admin.hosts.list({ sort, cursor }).catch((error: unknown) => error);
      // A key that means nothing to another order may mean something to this one, but never fails in the database.
      if (outcome instanceof Error) expect(outcome, what).toMatchObject({ code: 'BAD_REQUEST' });
      else expect(outcome, what).toMatchObject({ total: 1 });
    }
    for (const sort of ['lastSeen', 'health', 'cpu'] as const)
      await expect(admin.hosts.list({ sort, cursor }), what).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  }
});

test('a cursor of another order is refused where its key means nothing', async () => {
  await seed([{ lastSeen: new Date() }, {}]);
  const { nextCursor } = await admin.hosts.list({ sort: 'fqdn', limit: 1 });
  await expect(admin.hosts.list({ sort: 'lastSeen', cursor: nextCursor! })).rejects.toMatchObject({
    appCode: 'input.invalid',
  });
});

test('limits and searches out of bounds are refused', async () => {
  for (const filter of [
    { limit: 0 },
    { limit: 201 },
    { limit: -1 },
    { limit: 1.5 },
    { limit: NaN },
    { search: 'x'.repeat(254) },
    { search: 'x\0' },
  ]) {
    await expect(admin.hosts.list(filter), JSON.stringify(filter)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  }
});

test('nobody without a session sees a row', async () => {
  const { hosts } = callerFor(services);
  for (const read of [() => hosts.list({}), () => hosts.waiting(), () => hosts.counts()]) {
    await expect(read()).rejects.toMatchObject({ appCode: 'auth.required' });
  }
});
