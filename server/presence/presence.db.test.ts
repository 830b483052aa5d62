import { asc, eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { hostEvents, hostPresence, hosts } from '../../db/schema';
import { EVERY } from '../events';
import { administratorOf, testServices } from '../testing';
import { type Presence, startPresence } from './presence';
import { seedHosts } from '../hosts/testing';

let services: Awaited<ReturnType<typeof testServices>>;

beforeEach(async () => {
  services = await testServices();
});

/** As a start of the server makes it. Stop it for a restart. */
async function start({
  graceMs = 60_000,
  returnMs = 60_000,
  ...given
}: Partial<Parameters<typeof startPresence>[0]> = {}): Promise<Presence> {
  const presence = await startPresence({ ...services, graceMs, returnMs, ...given });
  onTestFinished(() => presence.stop());
  return presence;
}

async function seedHost(): Promise<string> {
  const [hostId] = await seedHosts(services.db, [{}]);
  return hostId!;
}

const written = () => services.db.select().from(hostPresence);

const history = () =>
  services.db
    .select({ hostId: hostEvents.hostId, kind: hostEvents.kind, detail: hostEvents.detail, at: hostEvents.at })
    .from(hostEvents)
    .orderBy(asc(hostEvents.id));

function nextPresence(): Promise<string> {
  return new Promise((resolve) => {
    const stop = services.events.listen('host.presence', EVERY, ({ hostId }) => {
      stop();
      resolve(hostId);
    });
  });
}

test('however many hosts are seen, however often, one statement writes them', async () => {
  const ids = await seedHosts(
    services.db,
    Array.from({ length: 300 }, () => ({})),
  );
  const presence = await start();
  for (const id of ids) presence.up(id);
  for (let round = 0; round < 10; round++) for (const id of ids) presence.seen(id);

  await presence.stop();

  // Every statement outside of a transaction is one of its own, and a row names the one that wrote it.
  const { rows } = await services.db.execute(
    sql`select count(*)::int as n, count(distinct xmin::text)::int as statements from host_presence`,
  );
  expect(rows).toEqual([{ n: 300, statements: 1 }]);
});

test('many hosts are written a slice at a time', async () => {
  const ids = await seedHosts(
    services.db,
    Array.from({ length: 1001 }, () => ({})),
  );
  const presence = await start();
  for (const id of ids) presence.up(id);
  await presence.stop();
  const { rows } = await services.db.execute(
    sql`select count(*)::int as n, count(distinct xmin::text)::int as statements from host_presence`,
  );
  expect(rows).toEqual([{ n: 1001, statements: 2 }]);
  expect(await history()).toHaveLength(1001);
});

test('what changed reaches the database without anyone asking', async () => {
  const hostId = await seedHost();
  const presence = await start({ seenEveryMs: 0 });
  presence.up(hostId);
  await expect.poll(written).toMatchObject([{ hostId, state: 'up', reason: null }]);
  const [first] = await written();

  presence.seen(hostId);
  await expect.poll(async () => (await written())[0]!.lastSeen > first!.lastSeen, { timeout: 5000 }).toBe(true);
  expect((await written())[0]!.since).toEqual(first!.since);
});

test('that a host is seen writes nothing for a while, what becomes of it at once, and a stop all of it', async () => {
  const [quiet, other] = (await seedHosts(services.db, [{}, {}])) as [string, string];
  const presence = await start();
  presence.up(quiet);
  presence.up(other);
  await expect.poll(written).toHaveLength(2);
  const rowOf = async (id: string) => (await written()).find(({ hostId }) => hostId === id)!;
  const first = await rowOf(quiet);

  while (Date.now() <= first.lastSeen.getTime()) await new Promise(setImmediate);
  presence.seen(quiet);
  presence.down(other, 'closed');
  await expect.poll(async () => (await rowOf(other)).state, { timeout: 5000 }).toBe('down');
  expect(await rowOf(quiet)).toEqual(first);

  await presence.stop();
  expect((await rowOf(quiet)).lastSeen.getTime()).toBe(presence.get(quiet)!.lastSeen.getTime());
});

test('up and down are written to the history, with why and when', async () => {
  const hostId = await seedHost();
  const presence = await start();
  const before = new Date();
  presence.up(hostId);
  presence.up(hostId); // a second connection of the same host is no news
  presence.seen(hostId);
  presence.down(hostId, 'silent');
  presence.down(hostId, 'closed'); // it is down already
  presence.up(hostId);
  await presence.stop();

  const events = await history();
  expect(events).toMatchObject([
    { hostId, kind: 'up', detail: null },
    { hostId, kind: 'down', detail: 'silent' },
    { hostId, kind: 'up', detail: null },
  ]);
  for (const { at } of events) expect(at.getTime()).toBeGreaterThanOrEqual(before.getTime());
  expect(await written()).toMatchObject([{ state: 'up', reason: null, since: events[2]!.at }]);
});

test('it counts', async () => {
  const [a, b, c] = (await seedHosts(services.db, [{}, {}, {}])) as [string, string, string];
  const presence = await start();
  expect(presence.counts()).toEqual({ up: 0, down: 0 });
  for (const id of [a, b, c]) presence.up(id);
  presence.up(a);
  presence.down(b, 'closed');
  expect(presence.counts()).toEqual({ up: 2, down: 1 });
  services.events.emit('host.access_withdrawn', { hostId: a });
  services.events.emit('host.access_withdrawn', { hostId: b });
  expect(presence.counts()).toEqual({ up: 1, down: 0 });
  expect(presence.get(a)).toBeUndefined();
});

test('a host whose access ended is not brought back by what it still says', async () => {
  const hostId = await seedHost();
  const presence = await start();
  presence.up(hostId);
  services.events.emit('host.access_withdrawn', { hostId });
  presence.seen(hostId);
  presence.down(hostId, 'closed');
  await presence.stop();
  expect(await written()).toEqual([]);
  expect(presence.get(hostId)).toBeUndefined();
});

describe('over a restart', () => {
  /** A host that was up when the server stopped. */
  async function leaveUp(): Promise<string> {
    const hostId = await seedHost();
    const presence = await start();
    presence.up(hostId);
    const { since } = presence.get(hostId)!;
    while (Date.now() <= since.getTime()) await new Promise(setImmediate); // seen later than it came up
    presence.seen(hostId);
    await presence.stop();
    return hostId;
  }

  test('a connected host stays up, since when it was, if it returns within the grace', async () => {
    const hostId = await leaveUp();
    const [before] = await written();

    const presence = await start();
    expect(presence.get(hostId)).toMatchObject({ state: 'up', since: before!.since });
    expect(presence.counts()).toEqual({ up: 1, down: 0 });
    presence.up(hostId);
    await presence.stop();

    const [after] = await written();
    expect(after).toMatchObject({ state: 'up', since: before!.since });
    expect(after!.lastSeen.getTime()).toBeGreaterThanOrEqual(before!.lastSeen.getTime());
    expect((await history()).map(({ kind }) => kind)).toEqual(['up']);
  });

  test('after the grace it is down, since it was last seen', async () => {
    const hostId = await leaveUp();
    const [before] = await written();

    const changed = nextPresence();
    const presence = await start({ graceMs: 1 });
    expect(await changed).toBe(hostId);
    expect(presence.get(hostId)).toEqual({
      state: 'down',
      reason: 'server_restart',
      since: before!.lastSeen,
      lastSeen: before!.lastSeen,
    });
    expect(presence.counts()).toEqual({ up: 0, down: 1 });
    await presence.stop();

    expect(await written()).toMatchObject([{ state: 'down', reason: 'server_restart', since: before!.lastSeen }]);
    expect((await history()).at(-1)).toMatchObject({
      hostId,
      kind: 'down',
      detail: 'server_restart',
      at: before!.lastSeen,
    });
  });

  test('the grace waits while hosts come back, and ends when none does any more', async () => {
    const [first, second, gone] = (await seedHosts(services.db, [
      { presence: 'up' },
      { presence: 'up' },
      { presence: 'up' },
    ])) as [string, string, string];
    let isBusy = true;
    let looks = 0;
    const presence = await start({ graceMs: 200, isDoorBusy: () => (looks++, isBusy) });
    // It is asked when the grace is over, and again while it goes on.
    await expect.poll(() => looks).toBeGreaterThan(2);
    expect(presence.counts()).toEqual({ up: 3, down: 0 });
    presence.up(first);
    presence.up(second);
    const changed = nextPresence();
    isBusy = false;
    expect(await changed).toBe(gone);
    expect(presence.counts()).toEqual({ up: 2, down: 1 });
  });

  test('a door that is busy for ever hides for ten graces what is gone, and no longer', async () => {
    const [gone] = await seedHosts(services.db, [{ presence: 'up' }]);
    const changed = nextPresence();
    await start({ graceMs: 20, isDoorBusy: () => true });
    expect(await changed).toBe(gone);
  });

  test('where a host was connected from is kept, also when it is only seen', async () => {
    const hostId = await seedHost();
    const presence = await start({ seenEveryMs: 0 });
    presence.up(hostId, '192.0.2.9');
    await expect.poll(written).toMatchObject([{ address: '192.0.2.9' }]);
    presence.down(hostId, 'closed');
    await presence.stop();
    expect(await written()).toMatchObject([{ state: 'down', address: '192.0.2.9' }]);
  });

  test('when it comes after the grace, it is up since then', async () => {
    const hostId = await leaveUp();
    const changed = nextPresence();
    const presence = await start({ graceMs: 1 });
    await changed;
    const returned = Date.now();
    presence.up(hostId);
    expect(presence.get(hostId)!.since.getTime()).toBeGreaterThanOrEqual(returned);
  });

  test('a host that leaves within the grace is down for its own reason, and the grace does not change that', async () => {
    const [a, b] = (await seedHosts(services.db, [{ presence: 'up' }, { presence: 'up' }])) as [string, string];
    const presence = await start({ graceMs: 20 });
    const changed = nextPresence();
    presence.up(a);
    presence.down(a, 'closed');
    await changed;
    expect(await nextPresence()).toBe(b);
    expect(presence.get(a)).toMatchObject({ state: 'down', reason: 'closed' });
  });

  test('a stop within the grace marks nothing down', async () => {
    const hostId = await leaveUp();
    const [before] = await written();
    await (await start()).stop();
    expect(await written()).toEqual([before]);
    expect((await start()).get(hostId)).toMatchObject({ state: 'up' });
  });

  test('what may no longer connect is not taken up', async () => {
    await seedHosts(services.db, [{ approval: 'revoked', presence: 'up' }]);
    expect((await start()).counts()).toEqual({ up: 0, down: 0 });
  });
});

describe('a batch with a host that is gone meanwhile', () => {
  test.each(['delete', 'revoke'] as const)('by %s here', async (act) => {
    const [gone, stays] = (await seedHosts(services.db, [{}, {}])) as [string, string];
    const admin = await administratorOf(services);
    const presence = await start();
    presence.up(gone);
    presence.up(stays);

    await admin.hosts[act]({ hostId: gone });
    await presence.stop();

    expect(await written()).toMatchObject([{ hostId: stays }]);
    expect(services.logged.filter(({ level }) => (level as number) >= 50)).toEqual([]);
  });

  test('by another process, which told nobody here', async () => {
    const [gone, rejected, stays] = (await seedHosts(services.db, [{}, {}, {}])) as [string, string, string];
    const presence = await start();
    for (const id of [gone, rejected, stays]) presence.up(id);

    await services.db.delete(hosts).where(eq(hosts.id, gone));
    await services.db.update(hosts).set({ approval: 'revoked' }).where(eq(hosts.id, rejected));
    await presence.stop();

    expect(await written()).toMatchObject([{ hostId: stays }]);
    expect((await history()).map(({ hostId }) => hostId).sort()).toEqual([rejected, stays].sort());
    expect(services.logged.filter(({ level }) => (level as number) >= 50)).toEqual([]);
  });
});

// A table that is not there fails as a database does that is restarted or out of space: for a while, in the middle.
test.each([
  ['host_presence', 'presence was not written; trying again'],
  ['host_event', 'histories of hosts were not written; trying again'],
])('a failure to write %s loses nothing', async (table, line) => {
  const hostId = await seedHost();
  const presence = await start();
  const rename = (from: string, to: string) =>
    services.db.execute(sql`alter table ${sql.identifier(from)} rename to ${sql.identifier(to)}`);
  await rename(table, 'hidden');
  let isHidden = true;
  onTestFinished(async () => void (isHidden && (await rename('hidden', table))));

  presence.up(hostId);
  presence.down(hostId, 'lost');
  await expect.poll(() => services.logged.map(({ msg }) => msg), { timeout: 5000 }).toContain(line);
  presence.up(hostId);
  await rename('hidden', table);
  isHidden = false;

  await expect
    .poll(async () => (await history()).map(({ kind }) => kind), { timeout: 5000 })
    .toEqual(['up', 'down', 'up']);
  await expect.poll(written, { timeout: 5000 }).toMatchObject([{ hostId, state: 'up' }]);
  // Many tries, one line.
  expect(services.logged.filter(({ msg }) => msg === line)).toHaveLength(1);
});

describe('a host that said it comes back at once', () => {
  test('was never down when it does', async () => {
    const hostId = await seedHost();
    const presence = await start();
    presence.up(hostId);
    const { since } = presence.get(hostId)!;
    presence.returning(hostId);
    expect(presence.get(hostId)).toMatchObject({ state: 'up' });
    presence.up(hostId);
    expect(presence.get(hostId)).toMatchObject({ state: 'up', since });
    await presence.stop();
    expect((await history()).map(({ kind }) => kind)).toEqual(['up']);
  });

  test('a host that may not connect any more is nothing, whatever its close frame says', async () => {
    const hostId = crypto.randomUUID();
    const presence = await start({ graceMs: 1, returnMs: 1 });
    const other = await seedHost();
    presence.up(other);
    const changed = nextPresence();
    presence.returning(hostId);
    presence.returning(other);
    expect(await changed).toBe(other);
    expect(presence.get(hostId)).toBeUndefined();
  });

  test('twice in a row, each has its own time', async () => {
    const hostId = await seedHost();
    const presence = await start({ returnMs: 60_000 });
    presence.up(hostId);
    presence.returning(hostId);
    presence.up(hostId);
    presence.returning(hostId);
    presence.down(hostId, 'lost');
    expect(presence.get(hostId)).toMatchObject({ state: 'down', reason: 'lost' });
  });

  test('is down when it does not', async () => {
    const hostId = await seedHost();
    const presence = await start({ returnMs: 1 });
    presence.up(hostId);
    const changed = nextPresence();
    presence.returning(hostId);
    expect(await changed).toBe(hostId);
    expect(presence.get(hostId)).toMatchObject({ state: 'down', reason: 'closed' });
  });
});
