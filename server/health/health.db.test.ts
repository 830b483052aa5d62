import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Sample } from '../../agent/protocol';
import { hostEvents, hosts } from '../../db/schema';
import { createEventBus, EVERY } from '../events';
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
async function say(
  minutes: number,
  change: Partial<Sample>,
  { count = 1, health = services.health, offset = 0, connection = null as object | null, of = hostId } = {},
) {
  for (let i = 0; i < count; i++) {
    const at = new Date(START + (minutes + i) * MINUTE_MS).toISOString();
    health.sampled(of, sampleWith({ ...change, at }), { connection, clockOffsetMs: offset });
    // The first of a connection waits for the rows.
    if (i === 0) await health.flush();
  }
  await health.flush();
  return (await admin.hosts.byId({ hostId: of })).host.health;
}

const restarted = () => startHealth({ ...services, heartbeatSeconds: 60 });
const disk = { mount: '/var', filesystem: 'ext4', totalBytes: 1000, usedBytes: 960, availableBytes: 40 };
const well = { ...disk, usedBytes: 100, availableBytes: 900 };
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
  expect(await say(7, { disks: [well] })).toMatchObject({ state: 'ok' });
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
  expect(await say(8, { disks: [well] }, { health })).toMatchObject({ state: 'ok' });
});

test('two that judge the same host write it into its history once', async () => {
  const both = [services.health, await restarted()];
  for (const health of both) await say(0, { disks: [disk] }, { count: 6, health });
  await Promise.all(both.map((health) => say(6, { disks: [well] }, { health })));
  expect((await history()).map(([kind]) => kind)).toEqual(['health_ok', 'health_critical']);
});

test('a sample that does not tell, as the first of an agent, ends nothing, and begins nothing anew', async () => {
  const busy = { cpuPercent: 99, disks: [disk] };
  const ill = await say(0, busy, { count: 20 });
  // The agent is upgraded: away for a while, and another connection.
  expect(await say(32, { cpuPercent: null, disks: [] }, { connection: {} })).toEqual(ill);
  // The server is.
  const health = await restarted();
  expect(await say(34, { cpuPercent: null, disks: [] }, { health })).toEqual(ill);
  expect(await say(35, busy, { count: 2, health })).toEqual(ill);
  expect(await admin.health.findings({ hostId })).toHaveLength(3);
  expect(await history()).toHaveLength(1);
});

test('a figure that is stale is not known to be ill, and the history says that it is not known', async () => {
  await say(0, { disks: [disk] }, { count: 6 });
  expect(await say(6, { disks: [] }, { count: 2 })).toMatchObject({ state: 'critical' });
  expect(await say(8, { disks: [] })).toEqual({ state: 'ok', reason: null, since: at(8) });
  expect(await history()).toEqual([
    ['health_ok', 'disk.used_percent:/var stale'],
    ['health_critical', 'disk.used_percent:/var above 95'],
  ]);
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
    await say(minutes + 2, { disks: [well] }, { count: 2 });
  }
  expect(await services.db.select().from(hosts)).toEqual(before);
  expect(await services.db.select().from(hostEvents)).toEqual([]);
});

test('rules are changed while they are at work: what stays goes on, what is taken out ends', async () => {
  await say(0, { disks: [disk], temperatureCelsius: 95 }, { count: 10 });
  const { rules } = await admin.health.rules();
  const hot = rules.find(({ metric }) => metric === 'temperature')!;
  await admin.health.saveRules({ etag: '*', rules: [hot] });
  await services.health.look();
  await services.health.flush();
  expect((await admin.hosts.byId({ hostId })).host.health).toMatchObject({ reason: 'temperature above 90' });
  await admin.health.saveRules({ etag: '*', rules: [{ ...hot, isEnabled: false }] });
  await services.health.look();
  await services.health.flush();
  expect((await admin.hosts.byId({ hostId })).host.health).toMatchObject({ state: 'ok' });
  expect((await admin.health.rules()).rules).toEqual([{ ...hot, isEnabled: false }]);
  // Its own row: an id of somebody else's makes a new one.
  const foreign = { ...hot, id: 'f0000000-0000-4000-8000-000000000000' };
  expect((await admin.health.saveRules({ etag: '*', rules: [foreign] })).rules[0]!.id).not.toBe(foreign.id);
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
    await expect(admin.health.saveRules({ etag: '*', rules: [rule] }), JSON.stringify(rule)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  await expect(admin.health.saveRules({ etag: '*', rules: [cpu, cpu] })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  expect(await admin.health.rules()).toMatchObject({ rules });
});

test('the worst is the reason, and of several alike what began first', async () => {
  const said = async (minutes: number, root: number, data: number) => {
    const of = (mount: string, usedBytes: number) => ({ ...disk, mount, usedBytes, availableBytes: 1000 - usedBytes });
    return say(minutes, { disks: [of('/', root), of('/data', data)] }, { count: 6 });
  };
  expect(await said(0, 500, 860)).toMatchObject({ state: 'warning', reason: 'disk.used_percent:/data above 85' });
  expect(await said(6, 900, 860)).toMatchObject({ state: 'warning', reason: 'disk.used_percent:/data above 85' });
  expect(await said(12, 960, 860)).toMatchObject({ state: 'critical', reason: 'disk.used_percent:/ above 95' });
  expect(await admin.health.findings({ hostId })).toHaveLength(3);
});

describe('a host that goes from one process to another', () => {
  const [first, second, third] = [{ n: 1 }, { n: 2 }, { n: 3 }];

  test('what the one that lost it remembers is not written again', async () => {
    const [one, other] = [await restarted(), await restarted()];
    await say(0, { disks: [disk] }, { count: 6, health: one, connection: first });
    await say(6, { disks: [well] }, { health: other, connection: second });
    expect((await admin.hosts.byId({ hostId })).host.health).toMatchObject({ state: 'ok' });
    // Whatever it does when rules change, the clock is looked at, or a certificate nears its end.
    const { rules } = await admin.health.rules();
    await admin.health.saveRules({
      etag: '*',
      rules: rules.map((rule) => ({ ...rule, forSeconds: rule.forSeconds + 1 })),
    });
    await services.db.update(hosts).set({ certificateEnds: new Date(Date.now() + 6 * DAY_MS).toISOString() });
    for (const health of [one, other, services.health]) {
      await health.look();
      await health.flush();
    }
    expect((await admin.hosts.byId({ hostId })).host.health).toMatchObject({
      ...{ state: 'warning', reason: 'certificate.days below 7' },
    });
    expect(await admin.health.findings({ hostId })).toHaveLength(1);
  });

  test('the one that has it now goes on from the rows, and so does the first when it comes back', async () => {
    const [one, other] = [await restarted(), await restarted()];
    const less = (usedBytes: number) => ({ disks: [{ ...disk, usedBytes, availableBytes: 1000 - usedBytes }] });
    const ill = await say(0, { disks: [disk] }, { count: 6, health: one, connection: first });
    // Between the threshold and the value at which it is well again: only who knows that it was beyond calls it ill.
    expect(await say(6, less(940), { health: other, connection: second })).toEqual(ill);
    expect(await say(7, less(100), { health: other, connection: second })).toMatchObject({ state: 'ok' });
    expect(await say(8, less(940), { health: one, connection: third })).toMatchObject({ state: 'ok' });
    expect(await say(9, less(940), { count: 6, health: one, connection: third })).toMatchObject({ state: 'warning' });
    expect((await history()).map(([kind]) => kind).reverse()).toEqual([
      ...['health_critical', 'health_ok', 'health_warning'],
    ]);
  });

  test('who was silent for one is back for all of them', async () => {
    const [gone] = (await seedHosts(services.db, [
      { fqdn: 'gone.example.com', keyFingerprint: 'gone', presence: 'down' },
    ])) as [string];
    const apart = { ...services, events: createEventBus(), heartbeatSeconds: 60 };
    const [one, other] = [await startHealth(apart), await restarted()];
    const later = Date.now() + 6 * MINUTE_MS;
    for (const health of [one, other]) await health.look(later);
    const stateOf = async () => (await admin.hosts.byId({ hostId: gone })).host.health?.state;
    expect(await stateOf()).toBe('critical');
    services.presence.up(gone);
    await other.flush();
    expect(await stateOf()).toBe('ok');
    await services.writer.stop();
    // It heard of nothing, and reads that the host is up.
    await one.look(later + MINUTE_MS);
    expect(await stateOf()).toBe('ok');
  });
});

describe('rules of a fleet or a tag', () => {
  const full = async () => {
    const { rules } = await admin.health.rules();
    return rules.filter(({ metric, severity }) => metric === 'disk.used_percent' && severity === 'critical');
  };
  const own = { id: undefined, threshold: 99, back: 98 };

  test('take the place of the one of all hosts where they are of the same kind', async () => {
    const [wide] = (await full()) as [Awaited<ReturnType<typeof full>>[0]];
    const [other] = (await seedHosts(services.db, [{ fqdn: 'other', keyFingerprint: 'other' }])) as [string];
    const { id: fleet } = await admin.fleets.create({ name: 'Archive' });
    await admin.fleets.putHost({ fleetId: fleet, hostId });
    await admin.health.saveRules({ etag: '*', rules: [wide, { ...wide, ...own, scope: { fleet } }] });
    expect(await say(0, { disks: [disk] }, { count: 7 })).toMatchObject({ state: 'ok' });
    expect(await say(0, { disks: [disk] }, { count: 7, of: other })).toMatchObject({ state: 'critical' });
    // It is told that the host has left.
    await admin.fleets.removeHost({ fleetId: fleet, hostId });
    services.events.emit('host.fleets_changed', { hostId });
    expect(await say(7, { disks: [disk] }, { count: 7 })).toMatchObject({ state: 'critical' });
  });

  test('by a tag or by its key alone, and of two narrow ones the first counts', async () => {
    const [wide] = (await full()) as [Awaited<ReturnType<typeof full>>[0]];
    await services.db.update(hosts).set({ tags: ['env:prod', 'rack-4'] });
    const of = (tag: string, threshold: number) => ({ ...wide, id: undefined, threshold, back: 1, scope: { tag } });
    const save = async (...rules: object[]) => {
      await admin.health.saveRules({ etag: '*', rules: [wide, ...rules] as never });
      await services.health.look();
    };
    const reason = async () => (await say(0, { disks: [disk] }, { count: 7, connection: {} }))?.reason;
    await save(of('env', 50), of('rack-4', 60));
    expect(await reason()).toBe('disk.used_percent:/var above 50');
    await save(of('env:test', 50), of('rack', 55), of('rack-4', 60));
    expect(await reason()).toBe('disk.used_percent:/var above 60');
    await save({ ...of('env:prod', 50), isEnabled: false });
    expect(await reason()).toBeNull();
    // Of another degree: both hold.
    await save({ ...of('env', 97), severity: 'warning' });
    expect(await reason()).toBe('disk.used_percent:/var above 95');
  });

  test('of the clock, too, and what is changed ends at once for who is down', async () => {
    const { rules } = await admin.health.rules();
    const silence = rules.find(({ metric }) => metric === 'silence')!;
    const [one, other] = (await seedHosts(services.db, [
      { fqdn: 'one', keyFingerprint: 'one', presence: 'down', tags: ['spare'] },
      { fqdn: 'other', keyFingerprint: 'other', presence: 'down' },
    ])) as [string, string];
    const look = async (minutes: number) => {
      await services.health.look(Date.now() + minutes * MINUTE_MS);
      const states = [one, other].map(async (id) => (await admin.hosts.byId({ hostId: id })).host.health?.state);
      return Promise.all(states);
    };
    const spare = { ...silence, id: undefined, threshold: 3600, back: 3600, scope: { tag: 'spare' } };
    await admin.health.saveRules({ etag: '*', rules: [silence, spare] });
    expect(await look(6)).toEqual([undefined, 'critical']);
    expect(await look(61)).toEqual(['critical', 'critical']);
    const { rules: saved } = await admin.health.rules();
    await admin.health.saveRules({ etag: '*', rules: saved.map((rule) => ({ ...rule, isEnabled: !rule.scope })) });
    await services.db.update(hosts).set({ tags: [] }).where(eq(hosts.id, one));
    expect(await look(62)).toEqual(['critical', 'critical']);
    await services.db.update(hosts).set({ tags: ['spare'] });
    expect(await look(63)).toEqual(['ok', 'ok']);
  });

  test('of a fleet that there is not are refused, and one whose fleet goes is about nobody', async () => {
    const [wide] = (await full()) as [Awaited<ReturnType<typeof full>>[0]];
    const fleet = 'f0000000-0000-4000-8000-000000000000';
    await expect(admin.health.saveRules({ etag: '*', rules: [{ ...wide, scope: { fleet } }] })).rejects.toMatchObject({
      appCode: 'fleet.not_found',
    });
    const { id } = await admin.fleets.create({ name: 'Archive' });
    await admin.health.saveRules({ etag: '*', rules: [wide, { ...wide, ...own, scope: { fleet: id } }] });
    await admin.fleets.delete({ fleetId: id });
    const { rules } = await admin.health.rules();
    await admin.health.saveRules({ etag: '*', rules });
    expect(await say(0, { disks: [disk] }, { count: 7 })).toMatchObject({ state: 'critical' });
  });
});

test('of two people who change the rules at once the second is told, and changes nothing', async () => {
  const { rules, etag } = await admin.health.rules();
  const [cpu] = rules.filter(({ metric }) => metric === 'cpu');
  const saved = await admin.health.saveRules({ rules: [cpu!], etag });
  expect(saved.etag).not.toBe(etag);
  await expect(admin.health.saveRules({ rules: [], etag })).rejects.toMatchObject({
    appCode: 'health.changed_meanwhile',
  });
  expect(await admin.health.rules()).toEqual(saved);
  await admin.health.saveRules({ rules: [], etag: saved.etag });
  // Whoever names none has not said that they know what they replace; `*` is whatever there is.
  await expect(admin.health.saveRules({ rules: [cpu!] })).rejects.toMatchObject({ appCode: 'health.version_needed' });
  expect((await admin.health.saveRules({ rules: [cpu!], etag: '*' })).rules).toMatchObject([{ metric: 'cpu' }]);
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
