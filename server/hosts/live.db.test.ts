import { getEventListeners } from 'node:events';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Sample } from '../../agent/protocol';
import { agentOf } from '../agents/testing';
import { administratorOf, callerFor, registrationOf, sessionOf, strangerOf, testServices } from '../testing';
import type { LiveChange } from './feed';
import { seedHosts } from './testing';

const NOBODY = '01890000-0000-7000-8000-000000000000';
const session = sessionOf();

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
/** Those who wait for news of the feed at this moment. */
let listeners: Set<() => void>;

beforeEach(async () => {
  const made = await testServices();
  listeners = new Set();
  const listen = (listener: () => void) => {
    listeners.add(listener);
    const stop = made.feed.listen(listener);
    return () => void (listeners.delete(listener), stop());
  };
  services = { ...made, feed: { ...made.feed, listen } };
  admin = await administratorOf(services);
});

/** A page that subscribes. `next` is the message after the last, `undefined` when the stream has ended. */
async function open(input: { lastEventId?: string; hostIds?: string[] } = {}) {
  const page = new AbortController();
  onTestFinished(() => page.abort());
  const stream = (await callerFor(services, { session }, page.signal).hosts.live(input))[Symbol.asyncIterator]();
  let lastEventId: string | undefined;
  return {
    page,
    stream,
    lastEventId: () => lastEventId,
    async next(): Promise<LiveChange[] | undefined> {
      const { value, done } = await stream.next();
      if (done) return undefined;
      // The type is of what a client gets; a caller gets the envelope that is made into it.
      const [id, changes] = value as unknown as [string, LiveChange[]];
      lastEventId = id;
      return changes;
    },
  };
}

const kindsOf = (changes?: LiveChange[]) => changes?.map(({ kind }) => kind);
const hostsIn = (changes?: LiveChange[]) => changes?.flatMap((change) => (change.kind === 'host' ? [change.host] : []));

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
  services.events.emit('host.sampled', { hostId });
}

const seedTwo = async () => (await seedHosts(services.db, [{}, {}])) as [string, string];
const register = async (fqdn = 'new.example.com') => (await strangerOf(services).agents.register(await registrationOf(fqdn))).enrolmentId;

test('what changes between the snapshot and the subscription is not lost', async () => {
  const [watched] = await seedTwo();
  const { feed } = await admin.hosts.list({});
  services.presence.up(watched);
  const registered = await register();

  const { next } = await open({ lastEventId: feed, hostIds: [watched] });

  const changes = await next();
  expect(hostsIn(changes)).toHaveLength(2);
  expect(hostsIn(changes)).toEqual(
    expect.arrayContaining([expect.objectContaining({ id: watched, state: 'up' }), expect.objectContaining({ id: registered, state: 'pending' })]),
  );
});

test.each(['list', 'waiting', 'counts', 'byId'] as const)('the feed of %s is one to go on from', async (snapshot) => {
  const [hostId] = await seedTwo();
  const { hosts } = admin;
  const reads = { list: () => hosts.list({}), waiting: hosts.waiting, counts: hosts.counts, byId: () => hosts.byId({ hostId }) };
  const { feed } = await reads[snapshot]();
  const { next } = await open({ lastEventId: feed, hostIds: [hostId] });
  expect(kindsOf(await next())).toEqual(['counts']);
});

test('what changes between one message and the next is in the next', async () => {
  const [watched] = await seedTwo();
  const { next } = await open({ hostIds: [watched] });
  await next();
  services.presence.up(watched);
  expect(hostsIn(await next())).toMatchObject([{ state: 'up' }]);
  services.presence.down(watched, 'closed');
  expect(hostsIn(await next())).toMatchObject([{ state: 'down', reason: 'closed' }]);
});

test('a page that comes back goes on from its last message', async () => {
  const [watched] = await seedTwo();
  const before = await open({ hostIds: [watched] });
  await before.next();
  before.page.abort();
  services.presence.up(watched);

  const after = await open({ hostIds: [watched], lastEventId: before.lastEventId() });

  expect(hostsIn(await after.next())).toMatchObject([{ id: watched, state: 'up' }]);
});

test('a thousand changes of one host are one message with one row', async () => {
  const [watched] = await seedTwo();
  const { next, page } = await open({ hostIds: [watched] });
  await next();
  for (let i = 0; i < 500; i++) {
    services.presence.up(watched);
    services.presence.down(watched, 'closed');
    sampleOf(watched, i % 100);
  }
  const changes = await next();
  expect(kindsOf(changes)).toEqual(['host', 'counts']);
  expect(hostsIn(changes)).toMatchObject([{ state: 'down', sample: { cpuPercent: 99 } }]);

  const rest = next();
  page.abort();
  expect(await rest).toBeUndefined();
});

test('figures are sent of watched hosts only, the latest alone', async () => {
  const [watched, other] = await seedTwo();
  const { next } = await open({ hostIds: [watched] });
  await next();
  for (let i = 0; i <= 42; i++) sampleOf(watched, i);
  sampleOf(other, 7);
  expect(await next()).toEqual([{ kind: 'sample', hostId: watched, sample: expect.objectContaining({ cpuPercent: 42 }) }]);
});

test('a host that is not watched is not sent when it changes, unless somebody decides on it', async () => {
  const [watched, other] = await seedTwo();
  const { next } = await open({ hostIds: [watched] });
  await next();
  services.presence.up(other);
  services.events.emit('host.changed', { hostId: other });
  expect(kindsOf(await next())).toEqual(['counts']);
  await admin.hosts.revoke({ hostId: other });
  expect(await next()).toEqual([
    { kind: 'host', host: expect.objectContaining({ id: other, state: 'revoked' }) },
    { kind: 'counts', counts: expect.objectContaining({ up: 0, never: 1, revoked: 1 }) },
  ]);
});

test('who registers is announced to every page, and so is what becomes of them', async () => {
  const { next } = await open();
  await next();
  const hostId = await register();
  expect(await next()).toMatchObject([
    { kind: 'host', host: { id: hostId, state: 'pending' } },
    { kind: 'counts', counts: { pending: 1 } },
  ]);
  await admin.hosts.reject({ hostId });
  expect(await next()).toMatchObject([
    { kind: 'host', host: { id: hostId, state: 'rejected' } },
    { kind: 'counts', counts: { pending: 0, rejected: 1 } },
  ]);
  await admin.hosts.delete({ hostId });
  expect(await next()).toMatchObject([
    { kind: 'gone', hostId },
    { kind: 'counts', counts: { rejected: 0 } },
  ]);
});

test('what registered and was deleted in one breath is only gone', async () => {
  const { next } = await open();
  await next();
  const hostId = await register();
  await admin.hosts.delete({ hostId });
  expect(await next()).toEqual([{ kind: 'gone', hostId }]);
});

test('counts come first, and then only when they are others', async () => {
  const [hostId] = await seedTwo();
  const { next } = await open({ hostIds: [hostId] });
  expect(await next()).toEqual([{ kind: 'counts', counts: { up: 0, down: 0, never: 2, pending: 0, conflict: 0, rejected: 0, revoked: 0 } }]);
  services.events.emit('host.changed', { hostId });
  expect(kindsOf(await next())).toEqual(['host']);
});

test('a count that failed is not the answer for ever', async () => {
  await services.db.execute(sql`alter table host rename to hidden`);
  try {
    await expect(admin.hosts.counts()).rejects.toThrow();
    const { next } = await open();
    await expect(next()).rejects.toThrow();
    expect(listeners.size).toBe(0);
  } finally {
    await services.db.execute(sql`alter table hidden rename to host`);
  }
  expect((await admin.hosts.counts()).total).toBe(0);
});

describe('a cursor that this server cannot go on from', () => {
  test('the page is told to load again, and then hears of what happens', async () => {
    const epoch = services.feed.cursor().split('.')[0]!;
    const foreign: [what: string, cursor: string][] = [
      ['of a server before this one', `${NOBODY}.0`],
      ['empty', ''],
      ['no cursor at all', 'x'],
      ['without a number', `${epoch}.x`],
      ['of the future', `${epoch}.9007199254740993`],
      ['of before the start', `${epoch}.-1`],
      ['infinite', `${epoch}.Infinity`],
      ['hostile', `${epoch}.0;drop table host\0`],
    ];
    const [hostId] = await seedTwo();
    for (const [what, cursor] of foreign) {
      const { next } = await open({ lastEventId: cursor, hostIds: [hostId] });
      expect(kindsOf(await next()), what).toEqual(['reload', 'counts']);
      services.events.emit('host.changed', { hostId });
      expect(hostsIn(await next()), what).toMatchObject([{ id: hostId }]);
    }
  });

  test('older than what is kept', async () => {
    const old = services.feed.cursor();
    for (let i = 0; i < 20_000; i++) services.events.emit('host.approval_changed', { hostId: NOBODY });
    const { next } = await open({ lastEventId: old });
    expect(kindsOf(await next())).toEqual(['reload', 'counts']);
  });
});

test('what no page asks for is refused', async () => {
  const inputs: [what: string, input: Parameters<typeof open>[0]][] = [
    ['a cursor longer than any', { lastEventId: 'x'.repeat(101) }],
    ['what is no id', { hostIds: ['x'] }],
    ['more hosts than a page shows', { hostIds: Array<string>(201).fill(NOBODY) }],
  ];
  for (const [what, input] of inputs) {
    await expect(open(input), what).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  }
  expect(listeners.size).toBe(0);
});

test('nobody without a session hears anything', async () => {
  await expect(callerFor(services).hosts.live({})).rejects.toMatchObject({ appCode: 'auth.required' });
  const agent = agentOf(NOBODY);
  await expect(callerFor(services, { listener: 'channel', agent }).hosts.live({})).rejects.toMatchObject({ appCode: 'auth.required' });
});

describe('the end', () => {
  test('of a page that waits for news', async () => {
    const { next, page } = await open();
    await next();
    const rest = next();
    expect(listeners.size).toBe(1);
    page.abort();
    expect(await rest).toBeUndefined();
    expect(listeners.size).toBe(0);
  });

  test('of a page that is between two messages', async () => {
    const { next, page, stream } = await open();
    await next();
    expect(listeners.size).toBe(1);
    page.abort();
    await stream.return?.();
    expect(listeners.size).toBe(0);
  });

  test('of a page that was gone before the stream began', async () => {
    const { next, page } = await open();
    page.abort();
    expect(await next()).toBeUndefined();
    expect(listeners.size).toBe(0);
  });

  test('a long stream leaves nothing behind on its signal', async () => {
    const [hostId] = await seedTwo();
    const { next, page } = await open({ hostIds: [hostId] });
    await next();
    const before = getEventListeners(page.signal, 'abort').length;
    for (let i = 0; i < 4; i++) {
      sampleOf(hostId, i);
      await next();
    }
    expect(getEventListeners(page.signal, 'abort')).toHaveLength(before);
  });
});
