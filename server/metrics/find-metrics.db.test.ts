import { beforeEach, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { hosts } from '../../db/schema';
import { seedHosts } from '../hosts/testing';
import { administratorOf, testServices } from '../testing';
import { rollUp } from './roll-up';
import { sampleWith } from './testing';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostId: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [hostId] = (await seedHosts(services.db, [{}])) as [string];
});

const iso = (at: number) => new Date(at).toISOString();

async function keep(times: number[], cpuOf: (at: number) => number) {
  for (const at of times) services.keptSamples.keep(hostId, sampleWith({ at: iso(at), cpuPercent: cpuOf(at) }));
  await services.keptSamples.flush();
}

test('the last minutes are samples, with a point without a figure in each gap', async () => {
  const now = Date.now();
  const ago = [240, 210, 180, 60, 30].map((seconds) => now - seconds * 1000);
  await keep(ago, (at) => (at - now) / -10_000);
  const { step, series } = await admin.hosts.metrics({ hostId, metrics: 'cpu,load.5' });
  expect(step).toBe('raw');
  const at = (value: number, i: number) => ({ at: iso(ago[i]!), min: value, avg: value, max: value, count: 1 });
  const gap = { at: iso(now - 120_000), min: null, avg: null, max: null, count: 0 };
  const points = [at(24, 0), at(21, 1), at(18, 2), gap, at(6, 3), at(3, 4)];
  expect(series).toEqual([{ metric: 'cpu', isStale: false, points }]);
});

test('a level has a point for each of its buckets, and a peak in a minute is in the hour', async () => {
  const today = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 48 * HOUR_MS;
  const times = Array.from({ length: 120 }, (_, i) => today + i * 30_000);
  await keep(times, (at) => (at === today + 30 * MINUTE_MS ? 100 : 1));
  await rollUp(services.db);
  const span = { hostId, metrics: 'cpu', from: iso(today - HOUR_MS + 1), to: iso(today + 2 * HOUR_MS) };
  const hours = await admin.hosts.metrics({ ...span, step: '1h' });
  const none = { min: null, avg: null, max: null, count: 0 };
  expect(hours.series[0]!.points).toEqual([
    { at: iso(today - HOUR_MS), ...none },
    { at: iso(today), min: 1, avg: expect.closeTo(1.825, 3) as number, max: 100, count: 120 },
    { at: iso(today + HOUR_MS), ...none },
  ]);
  const minutes = await admin.hosts.metrics({ ...span, step: '1m' });
  expect(minutes.series[0]!.points).toHaveLength(180);
  expect(minutes.series[0]!.points[90]).toEqual({
    at: iso(today + 30 * MINUTE_MS),
    min: 1,
    avg: 50.5,
    max: 100,
    count: 2,
  });
});

test.each([
  ['an hour', 1, 'raw'],
  ['a day', 24, '1m'],
  ['ten days', 240, '10m'],
  ['two months', 24 * 62, '1h'],
  ['a year', 24 * 365, '6h'],
  ['four years', 24 * 365 * 4, '1d'],
])('%s is shown by itself in steps that suit it', async (_, hours, step) => {
  const from = iso(Date.now() - hours * HOUR_MS + 1000);
  expect(await admin.hosts.metrics({ hostId, from })).toEqual({ step, series: [] });
});

test('what is long ago is shown as finely as it is kept', async () => {
  const ago = (days: number) => iso(Date.now() - days * 24 * HOUR_MS);
  expect((await admin.hosts.metrics({ hostId, from: ago(5), to: ago(4.99) })).step).toBe('1m');
  expect((await admin.hosts.metrics({ hostId, from: ago(20), to: ago(19.99) })).step).toBe('10m');
  expect((await admin.hosts.metrics({ hostId, from: ago(200), to: ago(199.99) })).step).toBe('1h');
});

test('what would be too much is refused, and so is what there is not', async () => {
  await keep([Date.now()], () => 1);
  const from = iso(Date.now() - 24 * 365 * HOUR_MS);
  await expect(admin.hosts.metrics({ hostId, from, step: '1m' })).rejects.toMatchObject({
    appCode: 'metrics.too_many_points',
  });
  await expect(admin.hosts.metrics({ hostId, from: '0001-01-01T00:00:00Z', step: '1h' })).rejects.toMatchObject({
    appCode: 'metrics.too_many_points',
  });
  for (const wrong of [{ metrics: 'cpus' }, { metrics: '' }, { from: 'yesterday' }, { step: '5m' as '1m' }])
    await expect(admin.hosts.metrics({ hostId, ...wrong }), JSON.stringify(wrong)).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
  await expect(
    admin.hosts.metrics({ hostId, to: iso(0), from: iso(HOUR_MS) }),
    'the end before the beginning',
  ).resolves.toMatchObject({ series: [] });
});

test('of a host that is not there nothing is said, though something of it may be left', async () => {
  await keep([Date.now()], () => 1);
  await services.db.delete(hosts).where(eq(hosts.id, hostId));
  await expect(admin.hosts.metrics({ hostId })).rejects.toMatchObject({ appCode: 'host.not_found' });
  const span = { from: 0, to: 3600 };
  await expect(admin.hosts.chart({ hostId, ...span })).rejects.toMatchObject({ appCode: 'host.not_found' });
});

test('what charts show has the peaks in it, and what came last', async () => {
  const now = Math.floor(Date.now() / (10 * MINUTE_MS)) * 10 * MINUTE_MS;
  const times = Array.from({ length: 360 }, (_, i) => now - 6 * HOUR_MS + i * MINUTE_MS);
  await keep(times, (at) => (at === times[100] ? 99 : 1));
  await rollUp(services.db);
  const { width, series } = await admin.hosts.chart({ hostId, from: (now - DAY_MS) / 1000, to: now / 1000 });
  const cpu = series.find(({ metric }) => metric === 'cpu')!;
  expect(width).toBe(300);
  expect(cpu.at).toHaveLength(72);
  expect([Math.max(...cpu.highest!), Math.min(...cpu.lowest!)]).toEqual([99, 1]);
  expect(cpu.at.at(-1)! * 1000).toBeGreaterThan(now - 10 * MINUTE_MS);
});

test('a host with 64 disks is answered whole', async () => {
  const disk = { filesystem: 'ext4', totalBytes: 1e12, usedBytes: 4e11, availableBytes: 5e11 };
  const disks = Array.from({ length: 64 }, (_, i) => ({ ...disk, mount: `/mnt/${i}`, inodesTotal: 9, inodesUsed: 1 }));
  services.keptSamples.keep(hostId, sampleWith({ disks }));
  await services.keptSamples.flush();
  const { series } = await admin.hosts.metrics({ hostId, metrics: 'disk.used,disk.inodes_used:/mnt/63' });
  expect(series).toHaveLength(65);
  expect(series.at(-1)).toMatchObject({ metric: 'disk.inodes_used:/mnt/63', points: [{ avg: 1 }] });
});

test('a figure that a machine does not tell any more is stale, and with the machine all of them are', async () => {
  const keepAt = (ago: number, change: object) =>
    services.keptSamples.keep(hostId, sampleWith({ at: iso(Date.now() - ago * 1000), ...change }));
  const disk = { filesystem: 'ext4', totalBytes: 10, usedBytes: 1 };
  keepAt(60, {
    temperatureCelsius: 50,
    disks: [
      { ...disk, mount: '/' },
      { ...disk, mount: '/usb' },
    ],
  });
  keepAt(30, { disks: [{ ...disk, mount: '/' }] });
  await services.keptSamples.flush();
  const metrics = 'cpu,temperature,disk.used';
  const of = async (answer: Promise<{ series: { metric: string; isStale: boolean }[] }>) =>
    Object.fromEntries((await answer).series.map(({ metric, isStale }) => [metric, isStale]));
  const first = { cpu: false, temperature: true, 'disk.used:/': false, 'disk.used:/usb': true };
  expect(await of(admin.hosts.metrics({ hostId, metrics }))).toEqual(first);
  const span = { from: Date.now() / 1000 - 3600, to: Date.now() / 1000 };
  expect(await of(admin.hosts.chart({ hostId, ...span }))).toMatchObject(first);
  expect(await of(admin.hosts.metrics({ hostId, metrics, step: '1h' }))).toEqual(first);

  const [silent] = (await seedHosts(services.db, [{ fqdn: 'silent', keyFingerprint: 'silent' }])) as [string];
  for (const ago of [160, 130, 100])
    services.keptSamples.keep(silent, sampleWith({ at: iso(Date.now() - ago * 1000) }));
  await services.keptSamples.flush();
  expect(await of(admin.hosts.metrics({ hostId: silent, metrics: 'cpu' }))).toEqual({ cpu: true });
});
