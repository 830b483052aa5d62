import { getEventListeners } from 'node:events';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Sample } from '../../agent/protocol';
import { roleGrants, users } from '../../db/schema';
import { agentOf } from '../agents/testing';
import { createEventBus } from '../events';
import { openPage } from '../live/testing';
import {
  administratorOf,
  callerFor,
  personOf,
  personOn,
  registrationOf,
  sessionOf,
  strangerOf,
  testServices,
} from '../testing';
import { seedHosts } from './testing';

const NOBODY = '01890000-0000-7000-8000-000000000000';

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

/** A page that shows these hosts and the counts, and wants news. */
async function open(keys: string[] = [], since?: string) {
  const page = await openPage(services);
  const from = since === undefined ? {} : { since };
  await page.watch({ topic: 'hosts', keys, news: true, ...from }, { topic: 'hostCounts', keys: [''], ...from });
  return page;
}

function sampleOf(hostId: string, cpuPercent: number) {
  const sample: Sample = {
    at: new Date().toISOString(),
    cpuPercent,
    load1: null,
    load5: null,
    load15: null,
    memoryTotalBytes: 1,
    memoryUsedBytes: 1,
    swapTotalBytes: 0,
    swapUsedBytes: 0,
    disks: [],
    networkReceivedBytesPerSecond: null,
    networkSentBytesPerSecond: null,
    uptimeSeconds: 1,
  };
  services.samples.add(hostId, sample);
  services.events.emit('host.sampled', { hostId, sample });
}

const seedTwo = async () => (await seedHosts(services.db, [{}, {}])) as [string, string];
const register = async (fqdn = 'new.example.com') =>
  (await strangerOf(services).agents.register(await registrationOf(fqdn))).enrolmentId;
const value = (id: string, row: object) => ({ kind: 'value', key: id, value: expect.objectContaining({ id, ...row }) });
const patch = (key: string, fields: object) => ({ kind: 'patch', key, patch: expect.objectContaining(fields) });

test('what changes between the data and the watch is not lost', async () => {
  const [watched] = await seedTwo();
  const { feed } = await admin.hosts.list({});
  services.presence.up(watched);
  const registered = await register();

  const page = await open([watched], feed);

  const changes = await page.nextOf('hosts');
  expect(changes).toHaveLength(2);
  expect(changes).toEqual(
    expect.arrayContaining([value(watched, { state: 'up' }), value(registered, { state: 'pending' })]),
  );
});

test.each(['list', 'waiting', 'counts', 'byId', 'page'] as const)(
  'the feed of %s is one to go on from',
  async (data) => {
    const [hostId] = await seedTwo();
    const { hosts } = admin;
    const { waiting, counts } = hosts;
    const one = { byId: () => hosts.byId({ hostId }), page: () => hosts.page({ hostId }) };
    const reads = { list: () => hosts.list({}), waiting, counts, ...one };
    const { feed } = await reads[data]();
    const page = await open([hostId], feed);
    services.presence.up(hostId);
    expect(await page.next()).not.toHaveProperty('isTooLate');
  },
);

test('a page that comes back goes on from its last batch', async () => {
  const [watched] = await seedTwo();
  const before = await open([watched]);
  services.presence.up(watched);
  await before.nextOf('hosts');
  before.page.close();
  services.presence.down(watched, 'closed');

  const after = await open([watched], before.cursor());

  expect(await after.nextOf('hosts')).toEqual([value(watched, { state: 'down', reason: 'closed' })]);
});

test('presence and figures are told as the event has them: a database that is away delays neither', async () => {
  const [watched] = await seedTwo();
  const page = await open([watched]);
  await services.db.execute(sql`alter table host rename to hidden`);
  try {
    services.presence.up(watched);
    sampleOf(watched, 42);
    const [change, ...others] = await page.nextOf('hosts');
    expect(others).toEqual([]);
    const sample = expect.objectContaining({ cpuPercent: 42 });
    expect(change).toEqual(patch(watched, { state: 'up', reason: null, sample }));
  } finally {
    await services.db.execute(sql`alter table hidden rename to host`);
  }
});

test('what a patch says is what the row says', async () => {
  const [watched] = await seedTwo();
  const page = await open([watched]);
  const { host: before } = await admin.hosts.byId({ hostId: watched });
  const { presence } = services;
  for (const act of [() => presence.up(watched), () => presence.down(watched, 'lost'), () => sampleOf(watched, 7)]) {
    act();
    const [change] = (await page.nextOf('hosts')) as unknown as { patch: object }[];
    const { host: after } = await admin.hosts.byId({ hostId: watched });
    const changed = Object.keys(after).filter((name) => !same(before, after, name));
    expect(Object.keys(change!.patch)).toEqual(expect.arrayContaining(changed));
    expect(after).toMatchObject(change!.patch);
    Object.assign(before, after);
  }
});

const same = (a: object, b: object, name: string) =>
  JSON.stringify((a as Record<string, unknown>)[name]) === JSON.stringify((b as Record<string, unknown>)[name]);

test('a thousand changes of one host are one', async () => {
  const [watched] = await seedTwo();
  const page = await open([watched]);
  for (let i = 0; i < 500; i++) {
    services.presence.up(watched);
    services.presence.down(watched, 'closed');
    sampleOf(watched, i % 100);
  }
  const sample = expect.objectContaining({ cpuPercent: 99 });
  expect(await page.nextOf('hosts')).toEqual([patch(watched, { state: 'down', sample })]);
});

test('of a host that is not watched nothing is told, unless somebody decides on it', async () => {
  const [watched, other] = await seedTwo();
  const page = await open([watched]);
  services.presence.up(other);
  services.events.emit('host.changed', { hostId: other });
  sampleOf(other, 7);
  await admin.hosts.revoke({ hostId: other });
  expect(await page.nextOf('hosts')).toEqual([value(other, { state: 'revoked' })]);
});

test('who registers is announced to every page, and so is what becomes of them', async () => {
  const page = await open();
  const hostId = await register();
  expect(await page.nextOf('hosts')).toEqual([value(hostId, { state: 'pending' })]);
  await admin.hosts.approve({ hostId });
  expect(await page.nextOf('hosts')).toEqual([value(hostId, { state: 'never' })]);
  // From then on like one that it watches.
  services.presence.up(hostId);
  expect(await page.nextOf('hosts')).toEqual([patch(hostId, { state: 'up' })]);
  await admin.hosts.delete({ hostId });
  expect(await page.nextOf('hosts')).toEqual([{ kind: 'gone', key: hostId }]);
});

test('a page that wants no news hears of its hosts alone', async () => {
  const [watched] = await seedTwo();
  const page = await openPage(services);
  await page.watch({ topic: 'hosts', keys: [watched] });
  await register();
  await admin.hosts.update({ hostId: watched, notes: 'Rack 4' });
  expect(await page.nextOf('hosts')).toEqual([value(watched, {})]);
});

test('who has a role on some hosts hears of them and of no other', async () => {
  const [mine, other] = await seedTwo();
  const { feed } = await admin.hosts.counts();
  const person = (await (await personOn(services, { role: 'viewer', hostIds: [mine] })).users.me())!;
  const page = await openPage(services, sessionOf(person));
  const watched = { topic: 'hosts', keys: [mine, other], news: true, since: feed };
  await page.watch(watched, { topic: 'hostCounts', keys: [''], since: feed });
  expect(await page.nextOf('hosts')).toEqual([{ kind: 'gone', key: other }]);
  for (const hostId of [mine, other]) {
    services.presence.up(hostId);
    sampleOf(hostId, 7);
  }
  expect(await page.nextOf('hosts')).toEqual([patch(mine, { state: 'up' })]);
  await register();
  for (const hostId of [other, mine]) await admin.hosts.revoke({ hostId });
  expect(await page.nextOf('hosts')).toEqual([value(mine, { state: 'revoked' })]);

  const late = await openPage(services, sessionOf(person));
  await late.watch(watched);
  const told = await late.nextOf('hosts');
  expect(told).toEqual([{ kind: 'gone', key: other }]);
  expect(await late.nextOf('hosts')).toEqual([value(mine, { state: 'revoked' })]);
});

describe('what is refused', () => {
  test('what no page asks for', async () => {
    const page = await openPage(services);
    const inputs: [what: string, given: Parameters<typeof page.watch>[0]][] = [
      ['a cursor longer than any', { topic: 'hosts', keys: [], since: 'x'.repeat(101) }],
      ['what is no id', { topic: 'hosts', keys: ["x'; drop table host"] }],
      ['more than a page shows', { topic: 'hosts', keys: Array<string>(201).fill(NOBODY) }],
      ['a key of what has none', { topic: 'hostCounts', keys: [NOBODY] }],
      ['what there is not', { topic: 'constructor', keys: [] }],
    ];
    for (const [what, given] of inputs) {
      await expect(page.watch(given), what).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
    const many = Array.from({ length: 17 }, () => ({ topic: 'hosts', keys: [] }));
    await expect(page.watch(...many)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('nobody without a session hears anything, and no API key', async () => {
    const page = services.hub.open(sessionOf());
    const watch = { number: 1, interests: [] };
    const machine = { listener: 'channel', agent: agentOf(NOBODY), page } as const;
    for (const caller of [callerFor(services, { page }), callerFor(services, machine)]) {
      await expect(caller.live.stream()).rejects.toMatchObject({ appCode: 'auth.required' });
      await expect(caller.live.watch(watch)).rejects.toMatchObject({ appCode: 'auth.required' });
    }
    const session = { ...sessionOf(), via: 'key', keyName: 'nightly' } as const;
    const byKey = callerFor(services, { listener: 'api', session, page });
    await expect(byKey.live.watch(watch)).rejects.toMatchObject({ appCode: 'auth.forbidden' });
    page.close();
  });

  test('what does not come over a page’s socket', async () => {
    const { live } = callerFor(services, { session: sessionOf() });
    await expect(live.watch({ number: 1, interests: [] })).rejects.toMatchObject({ appCode: 'request.method' });
    await expect(live.stream()).rejects.toMatchObject({ appCode: 'request.method' });
  });
});

test('a long stream leaves nothing behind on its signal', async () => {
  const [hostId] = await seedTwo();
  const { next, stop, watch } = await openPage(services);
  await watch({ topic: 'hosts', keys: [hostId] });
  sampleOf(hostId, 0);
  await next();
  const before = getEventListeners(stop.signal, 'abort').length;
  for (let i = 1; i < 4; i++) {
    sampleOf(hostId, i);
    await next();
  }
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(before);
});

test('a host that another process takes out of the fleet it was seen by is gone from a page, and no news tell of others', async () => {
  const [mine, other] = await seedTwo();
  const { id: fleetId } = await admin.fleets.create({ name: 'Shop' });
  for (const hostId of [mine, other]) await admin.fleets.putHost({ fleetId, hostId });
  const [user] = await services.db
    .insert(users)
    .values({ email: 'some@example.com', passwordHash: '-', role: 'none' })
    .returning();
  await services.db.insert(roleGrants).values({ userId: user!.id, role: 'viewer', fleetId });
  const rights = { permissions: new Set<never>(), onSome: new Set(['hosts.read' as const]) };
  const page = await openPage(services, {
    ...sessionOf({ id: user!.id, email: user!.email, role: 'none' }),
    ...rights,
  });
  await page.watch({ topic: 'hosts', keys: [mine, other], news: true });
  // Of its events this process hears nothing.
  const there = { ...services, events: createEventBus() };
  const elsewhere = await personOf(there, 'administrator', 'there@example.com');
  const unseen = await Promise.all(Array.from({ length: 101 }, (_, n) => register(`new-${n}.example.com`)));
  await elsewhere.fleets.removeHost({ fleetId, hostId: other });
  expect(await page.next()).toEqual({
    ...{ watch: 1, cursor: expect.any(String) },
    changes: [{ topic: 'hosts', kind: 'gone', key: other }],
  });
  expect(unseen).toHaveLength(101);
});
