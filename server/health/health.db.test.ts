import { eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import type { Sample } from '../../agent/protocol';
import { hostEvents, hosts } from '../../db/schema';
import { EVERY } from '../events';
import { seedHosts } from '../hosts/testing';
import { sampleWith } from '../metrics/testing';
import { administratorOf, testServices } from '../testing';
import { startHealth } from './health';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const START = Date.UTC(2026, 10, 1);

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostId: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [hostId] = (await seedHosts(services.db, [{}])) as [string];
});

/** Samples alike, one a minute, from so many minutes after `START` on. */
async function say(minutes: number, change: Partial<Sample>, { count = 1, health = services.health, offset = 0 } = {}) {
  for (let i = 0; i < count; i++) {
    const at = new Date(START + (minutes + i) * MINUTE_MS).toISOString();
    health.sampled(hostId, sampleWith({ ...change, at }), offset);
  }
  await health.flush();
  return (await admin.hosts.byId({ hostId })).host.health;
}

const restarted = () => startHealth({ ...services, heartbeatSeconds: 60 });
const disk = { mount: '/var', filesystem: 'ext4', totalBytes: 1000, usedBytes: 960, availableBytes: 40 };
const history = async () => (await admin.hosts.events({ hostId })).map(({ kind, detail }) => [kind, detail]);
const at = (minutes: number) => new Date(START + minutes * MINUTE_MS).toISOString();

test('nothing is said of a host before it was measured, and then that it is well', async () => {
  expect((await admin.hosts.byId({ hostId })).host.health).toBeNull();
  expect(await say(0, {})).toEqual({ state: 'ok', reason: null, since: at(0) });
  expect(await history()).toEqual([]);
});

test('by the rules of the first start a full disk is an illness, with its reason, since when, and in the history', async () => {
  const told: unknown[] = [];
  services.events.listen('host.health', EVERY, ({ health }) => told.push(health.state));
  await say(0, { disks: [disk] }, { count: 5 });
  const health = await say(5, { disks: [disk] });
  expect(health).toEqual({ state: 'critical', reason: 'disk.used_percent:/var above 95', since: at(5) });
  expect(await admin.health.findings({ hostId })).toMatchObject([
    { severity: 'critical', metric: 'disk.used_percent', label: '/var', threshold: 95, value: 96, since: at(5) },
    { severity: 'warning', threshold: 85, since: at(5) },
  ]);
  expect(await say(6, { disks: [{ ...disk, usedBytes: 900, availableBytes: 100 }] })).toMatchObject({
    state: 'warning',
    since: at(6),
  });
  expect(await say(7, { disks: [{ ...disk, usedBytes: 100, availableBytes: 900 }] })).toMatchObject({ state: 'ok' });
  expect(await history()).toEqual([
    ['health_ok', null],
    ['health_warning', 'disk.used_percent:/var above 85'],
    ['health_critical', 'disk.used_percent:/var above 95'],
  ]);
  expect(told).toEqual(['ok', 'critical', 'warning', 'ok']);
});

test('a disk that cannot be written, a clock that is off, memory as it is available: each by its rule', async () => {
  const wrong = async (change: Partial<Sample>, offset = 0) => {
    await say(0, { disks: [] }, { health: await restarted() });
    return (await say(1, change, { count: 20, offset, health: await restarted() }))?.reason;
  };
  expect(await wrong({ disks: [{ ...disk, usedBytes: 1, availableBytes: 999, isReadOnly: true }] })).toBe(
    'disk.read_only:/var above 0',
  );
  expect(await wrong({}, -120_000)).toBe('clock.offset above 60');
  // What caches hold is to be had.
  expect(await wrong({ memoryUsedBytes: 990, memoryAvailableBytes: 500 })).toBeNull();
  expect(await wrong({ memoryUsedBytes: 990, memoryAvailableBytes: 10 })).toBe('memory.used_percent above 95');
});

test('another process goes on where the last one was killed: nothing is lost, nothing said twice', async () => {
  const ill = await say(0, { disks: [disk] }, { count: 6 });
  const health = await restarted();
  expect(await say(6, { disks: [disk] }, { health })).toEqual(ill);
  expect(await say(7, { disks: [{ ...disk, usedBytes: 940, availableBytes: 60 }] }, { health })).toEqual(ill);
  expect(await history()).toHaveLength(1);
  expect(await say(8, { disks: [] }, { health })).toMatchObject({ state: 'ok' });
});

test('two that judge the same host write it into its history once', async () => {
  const both = [services.health, await restarted()];
  for (const health of both) await say(0, { disks: [disk] }, { count: 6, health });
  await Promise.all(both.map((health) => say(6, {}, { health })));
  expect((await history()).map(([kind]) => kind)).toEqual(['health_ok', 'health_critical']);
});

test('who is silent for too long is ill, until they are back', async () => {
  const [gone] = (await seedHosts(services.db, [
    { fqdn: 'gone.example.com', keyFingerprint: 'gone', presence: 'down' },
  ])) as [string];
  const health = await restarted();
  const now = Date.now();
  await health.look(now + MINUTE_MS);
  await health.flush();
  expect((await admin.hosts.byId({ hostId: gone })).host.health).toBeNull();
  await health.look(now + 6 * MINUTE_MS);
  await health.flush();
  expect((await admin.hosts.byId({ hostId: gone })).host.health).toMatchObject({
    ...{ state: 'critical', reason: 'silence above 300' },
  });
  services.presence.up(gone);
  await health.flush();
  expect((await admin.hosts.byId({ hostId: gone })).host.health).toMatchObject({ state: 'ok' });
});

test('a certificate that ends soon is a warning, then worse, and none once there is another', async () => {
  const endsIn = (days: number) =>
    services.db
      .update(hosts)
      .set({ certificateEnds: new Date(START + days * DAY_MS).toISOString() })
      .where(eq(hosts.id, hostId));
  const look = async () => {
    await services.health.look(START);
    await services.health.flush();
    return (await admin.hosts.byId({ hostId })).host.health;
  };
  await endsIn(6);
  expect(await look()).toMatchObject({ state: 'warning', reason: 'certificate.days below 7' });
  await endsIn(1);
  expect(await look()).toMatchObject({ state: 'critical', reason: 'certificate.days below 2' });
  await endsIn(90);
  expect(await look()).toMatchObject({ state: 'ok' });
});

test('of a host that may not connect any more nothing is said', async () => {
  await say(0, { disks: [disk] }, { count: 6 });
  await admin.hosts.revoke({ hostId });
  expect((await admin.hosts.byId({ hostId })).host.health).toBeNull();
  expect(await admin.health.findings({ hostId })).toEqual([]);
  // A sample that was under way.
  await say(7, { disks: [disk] }, { count: 6 });
  const [row] = await services.db.select({ health: hosts.health }).from(hosts).where(eq(hosts.id, hostId));
  expect(row).toEqual({ health: null });
});

test('a host that never lasts long beyond a threshold writes nothing', async () => {
  await say(0, {});
  const before = await services.db.select().from(hosts);
  for (let minutes = 1; minutes < 40; minutes += 4) {
    await say(minutes, { disks: [disk] }, { count: 2 });
    await say(minutes + 2, { disks: [] }, { count: 2 });
  }
  expect(await services.db.select().from(hosts)).toEqual(before);
  expect(await services.db.select().from(hostEvents)).toEqual([]);
});

test('rules are changed while they are at work: what stays goes on, what is taken out ends', async () => {
  await say(0, { disks: [disk], temperatureCelsius: 95 }, { count: 10 });
  const { rules } = await admin.health.rules();
  const hot = rules.find(({ metric }) => metric === 'temperature')!;
  await admin.health.saveRules({ rules: [hot] });
  await services.health.look();
  await services.health.flush();
  expect((await admin.hosts.byId({ hostId })).host.health).toMatchObject({ reason: 'temperature above 90' });
  await admin.health.saveRules({ rules: [{ ...hot, isEnabled: false }] });
  await services.health.look();
  await services.health.flush();
  expect((await admin.hosts.byId({ hostId })).host.health).toMatchObject({ state: 'ok' });
  expect((await admin.health.rules()).rules).toEqual([{ ...hot, isEnabled: false }]);
  // Its own row: an id of somebody else's makes a new one.
  const foreign = { ...hot, id: 'f0000000-0000-4000-8000-000000000000' };
  expect((await admin.health.saveRules({ rules: [foreign] })).rules[0]!.id).not.toBe(foreign.id);
});

test('rules that cannot be meant are refused', async () => {
  const { rules } = await admin.health.rules();
  const cpu = rules.find(({ metric }) => metric === 'cpu')!;
  const wrong = [
    { ...cpu, back: 96 },
    { ...cpu, metric: 'cpus' as 'cpu' },
    { ...cpu, label: '/var' },
    { ...cpu, forSeconds: -1 },
    { ...cpu, metric: 'silence' as const, comparison: 'below' as const, back: 200, threshold: 100 },
    { ...cpu, threshold: Infinity },
  ];
  for (const rule of wrong)
    await expect(admin.health.saveRules({ rules: [rule] }), JSON.stringify(rule)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  await expect(admin.health.saveRules({ rules: [cpu, cpu] })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  expect(await admin.health.rules()).toEqual({ rules });
});

test('a list is narrowed by it, and of who may not connect it says nothing', async () => {
  await say(0, { disks: [disk] }, { count: 6 });
  const listed = async (health: 'ok' | 'warning' | 'critical') => {
    const { hosts, total } = await admin.hosts.list({ health });
    return [total, ...hosts.map(({ id, health }) => [id, health?.state])];
  };
  expect(await listed('critical')).toEqual([1, [hostId, 'critical']]);
  expect(await listed('ok')).toEqual([0]);
  await services.db.update(hosts).set({ approval: 'revoked' });
  expect(await listed('critical')).toEqual([0]);
});
