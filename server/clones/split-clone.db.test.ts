import { once } from 'node:events';
import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { InboxItem } from '../../agent/protocol';
import { clones, hostEvents } from '../../db/schema';
import { enrolledHost, HELLO, openAgentClient, serveApi } from '../agents/testing';
import { openPage } from '../live/testing';
import { administratorOf, strangerOf, testServices } from '../testing';

const sample = {
  at: '2026-01-01T00:00:00.000Z',
  ...{ cpuPercent: 1, load1: null, load5: null, load15: null, uptimeSeconds: 60, disks: [] },
  ...{ memoryTotalBytes: 1000, memoryUsedBytes: 500, swapTotalBytes: 0, swapUsedBytes: 0 },
  ...{ networkReceivedBytesPerSecond: 0, networkSentBytesPerSecond: 0 },
};

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let host: Awaited<ReturnType<typeof enrolledHost>>;
let hostId: string;
let port: number;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  host = await enrolledHost(services, admin);
  ({ hostId } = host);
  port = await serveApi(services);
});

/** A machine with the host's key: it connects, says hello and listens. */
async function connect(said: Partial<typeof HELLO> = {}) {
  const client = openAgentClient(services, port, host.shown);
  const answer = await client.agents.hello.mutate({ ...HELLO, ...said });
  const told: InboxItem[] = [];
  client.agents.inbox.subscribe(undefined, { onData: ({ data }) => told.push(data), onError: () => {} });
  await expect.poll(() => told.map(({ kind }) => kind)).toContain('settings');
  return { client, answer, told };
}

/** The first machine, and its copy, which was booted later and has another address. */
const connectBoth = async () =>
  [await connect(), await connect({ bootedAt: '2026-02-02T00:00:00.000Z', addresses: ['192.0.2.8'] })] as const;

const cloneOf = async () => (await admin.hosts.byId({ hostId })).clone!;

test('the copy is told that it is held; its facts stand beside the first one’s, and change nothing of the host', async () => {
  const [first, second] = await connectBoth();
  expect(first.answer.isHeld).toBeUndefined();
  expect(second.answer.isHeld).toBe(true);
  const { host: shown, clone } = await admin.hosts.byId({ hostId });
  expect(shown).toMatchObject({
    state: 'up',
    isCloneSuspected: true,
    addresses: ['192.0.2.7'],
    bootedAt: HELLO.bootedAt,
  });
  expect(clone).toMatchObject({
    first: { isConnected: true, address: '127.0.0.1', said: { bootedAt: HELLO.bootedAt, addresses: ['192.0.2.7'] } },
    second: {
      isConnected: true,
      address: '127.0.0.1',
      said: { bootedAt: '2026-02-02T00:00:00.000Z', addresses: ['192.0.2.8'] },
    },
    others: 0,
  });
  expect((await admin.hosts.cloned()).map(({ id }) => id)).toEqual([hostId]);
});

test('a copy does not speak for the host', async () => {
  const [first, second] = await connectBoth();
  await expect(second.client.agents.heartbeat.mutate(sample)).rejects.toMatchObject({
    data: { appCode: 'agent.held' },
  });
  expect(services.samples.latest(hostId)).toBeNull();
  await first.client.agents.heartbeat.mutate(sample);
  expect(services.samples.latest(hostId)).toMatchObject({ cpuPercent: 1 });
});

test('however often two machines meet, it is one record and one event until somebody has decided', async () => {
  await connect();
  for (let i = 0; i < 3; i++) await connect({ addresses: [`192.0.2.${10 + i}`] });
  const second = services.sockets.held(hostId).at(-1)!;
  second.socket!.close();
  await expect.poll(() => services.sockets.held(hostId).length).toBe(2);
  await connect();
  expect(await services.db.$count(clones)).toBe(1);
  expect((await services.db.select().from(hostEvents)).filter(({ kind }) => kind === 'clone_suspected')).toHaveLength(
    1,
  );
  expect(await cloneOf()).toMatchObject({ others: 2 });
});

test('every open page hears of it at once', async () => {
  const page = await openPage(services);
  await page.watch({ topic: 'hosts', keys: [], news: true });
  await connectBoth();
  const suspected = {
    kind: 'value',
    key: hostId,
    value: expect.objectContaining({ id: hostId, state: 'up', isCloneSuspected: true }),
  };
  await expect.poll(() => page.nextOf('hosts')).toContainEqual(suspected);
});

describe('split', () => {
  test('the copy hears once that it is to become another machine, the first that it is to have another key', async () => {
    const [first, second] = await connectBoth();
    const { first: kept } = await cloneOf();
    await admin.hosts.split({ hostId, keep: kept.id });

    await expect.poll(() => second.told.at(-1)).toEqual({ kind: 'split' });
    await expect.poll(() => first.told.map(({ kind }) => kind)).toEqual(['settings', 'renew']);
    await first.client.agents.heartbeat.mutate(sample);
    expect(second.told.map(({ kind }) => kind)).toEqual(['settings', 'split']);
    const { host: shown, clone, events } = await admin.hosts.byId({ hostId });
    expect([shown.state, shown.isCloneSuspected, clone]).toEqual(['up', false, null]);
    expect(events.map(({ kind }) => kind)).toContain('split');
  });

  test('the other way round: the first is told, and the copy is called back to take its place', async () => {
    const [first] = await connectBoth();
    const { second } = await cloneOf();
    const held = services.sockets.held(hostId)[0]!;
    const closed = once(held.socket!, 'close');
    await admin.hosts.split({ hostId, keep: second.id });

    await expect.poll(() => first.told.at(-1)).toEqual({ kind: 'split' });
    expect((await closed)[0]).toBe(1012);
    await expect(first.client.agents.heartbeat.mutate(sample)).rejects.toMatchObject({
      data: { appCode: 'agent.held' },
    });
    const back = await connect();
    expect(back.answer.isHeld).toBeUndefined();
    await back.client.agents.heartbeat.mutate(sample);
  });

  test('what is still being checked is not told, and is judged anew when it opens', async () => {
    const [first] = await connectBoth();
    const { serial } = services.sockets.holder(hostId)!;
    const checked = services.sockets.reserve({ hostId, serial, address: '' });
    const { first: kept } = await cloneOf();
    await admin.hosts.split({ hostId, keep: kept.id });
    expect(checked.isSplit).toBe(false);
    await first.client.agents.heartbeat.mutate(sample);
  });

  test('a machine that was told and stays does not speak for the host any more', async () => {
    const [first] = await connectBoth();
    const { second } = await cloneOf();
    const held = once(services.sockets.held(hostId)[0]!.socket!, 'close');
    await admin.hosts.split({ hostId, keep: second.id });
    await held;
    const back = await connect();
    expect((await first.client.agents.hello.mutate({ ...HELLO, osName: 'Changed' })).isHeld).toBe(true);
    expect((await admin.hosts.byId({ hostId })).host.osName).toBe(HELLO.osName);
    expect(back.answer.isHeld).toBeUndefined();
    services.sockets.holder(hostId)!.socket!.terminate();
    await expect.poll(() => services.presence.get(hostId)?.state).toBe('down');
  });

  test('names a connection, so that a decision on two machines does not hit a third', async () => {
    await connectBoth();
    const { second } = await cloneOf();
    services.sockets.held(hostId)[0]!.socket!.close();
    await expect.poll(() => services.sockets.held(hostId).length).toBe(0);
    await expect(admin.hosts.split({ hostId, keep: second.id })).rejects.toMatchObject({ appCode: 'clone.side_gone' });
    const { first, second: gone } = await cloneOf();
    expect(gone).toMatchObject({ id: second.id, isConnected: false });
    await expect(admin.hosts.split({ hostId, keep: first.id })).rejects.toMatchObject({ appCode: 'clone.side_gone' });
    expect(await cloneOf(), 'nothing was decided').not.toBeNull();
  });

  test('is whole or not at all: where no new key can be asked for, nobody is told and nothing is decided', async () => {
    const [, second] = await connectBoth();
    await services.db.execute(
      sql.raw(`create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$`),
    );
    await services.db.execute(
      sql.raw(
        'create trigger refuse before update of renewal_requested_at on host for each row execute function refuse()',
      ),
    );
    const keep = (await cloneOf()).first.id;
    await expect(admin.hosts.split({ hostId, keep })).rejects.toThrow();
    await services.db.execute(sql.raw('drop trigger refuse on host'));
    expect(second.told.map(({ kind }) => kind)).not.toContain('split');
    await admin.hosts.split({ hostId, keep });
    await expect.poll(() => second.told.map(({ kind }) => kind)).toContain('split');
  });

  test('two people at once: one decides, the other hears of it', async () => {
    const [one, other] = await connectBoth();
    const { first, second } = await cloneOf();
    const colleague = await administratorOf(services, 'second@example.com');
    const outcomes = await Promise.allSettled([
      admin.hosts.split({ hostId, keep: first.id }),
      colleague.hosts.split({ hostId, keep: second.id }),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { appCode: 'clone.resolved', code: 'CONFLICT' },
    });
    const isSplit = ({ told }: typeof one) => told.some(({ kind }) => kind === 'split');
    await expect.poll(() => [isSplit(one), isSplit(other)].filter(Boolean)).toHaveLength(1);
  });
});

describe('dismiss', () => {
  test('only when the second is gone, and once', async () => {
    await connectBoth();
    await expect(admin.hosts.dismissClone({ hostId })).rejects.toMatchObject({ appCode: 'clone.still_there' });
    services.sockets.held(hostId)[0]!.socket!.close();
    await expect.poll(() => services.sockets.held(hostId).length).toBe(0);
    await admin.hosts.dismissClone({ hostId });
    await expect(admin.hosts.dismissClone({ hostId })).rejects.toMatchObject({ appCode: 'clone.resolved' });
    const { host: shown, events } = await admin.hosts.byId({ hostId });
    expect(shown.isCloneSuspected).toBe(false);
    expect(events.map(({ kind }) => kind)).toContain('clone_dismissed');
  });

  test('what comes again afterwards is suspected again', async () => {
    await connectBoth();
    services.sockets.held(hostId)[0]!.socket!.close();
    await expect.poll(() => services.sockets.held(hostId).length).toBe(0);
    await admin.hosts.dismissClone({ hostId });
    await connect();
    expect((await admin.hosts.byId({ hostId })).host.isCloneSuspected).toBe(true);
    expect(await services.db.$count(clones)).toBe(2);
  });
});

test('revoking the host ends both, and nothing waits for a decision any more', async () => {
  await connectBoth();
  const sockets = [services.sockets.holder(hostId)!, ...services.sockets.held(hostId)];
  const closed = Promise.all(sockets.map(({ socket }) => once(socket!, 'close')));
  await admin.hosts.revoke({ hostId });
  expect((await closed).map(([code]) => code as number)).toEqual([4001, 4001]);
  expect((await admin.hosts.byId({ hostId })).host).toMatchObject({ state: 'revoked', isCloneSuspected: false });
  expect(await admin.hosts.cloned()).toEqual([]);
});

test('nobody decides without the permission, nor on a host that is not there', async () => {
  const nobody = strangerOf(services);
  await expect(nobody.hosts.split({ hostId, keep: hostId })).rejects.toMatchObject({ appCode: 'auth.required' });
  await expect(nobody.hosts.dismissClone({ hostId })).rejects.toMatchObject({ appCode: 'auth.required' });
  const missing = '00000000-0000-7000-8000-000000000000';
  await expect(admin.hosts.split({ hostId: missing, keep: hostId })).rejects.toMatchObject({
    appCode: 'host.not_found',
  });
  await expect(admin.hosts.split({ hostId, keep: hostId })).rejects.toMatchObject({ appCode: 'clone.resolved' });
});
