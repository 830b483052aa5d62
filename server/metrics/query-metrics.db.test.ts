import { beforeEach, expect, test } from 'vitest';
import { createRandom } from '../../agent/commands/simulation/testing-random';
import { hosts, metricSeries } from '../../db/schema';
import { countHosts } from '../dashboard/keep-host-counts';
import { seedHosts, seedManyHosts } from '../hosts/testing';
import { administratorOf, personOn, testServices } from '../testing';
import { rollUp } from './roll-up';
import { sampleWith } from './testing';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

const iso = (at: number) => new Date(at).toISOString();
const seed = (count: number) =>
  seedHosts(
    services.db,
    Array.from({ length: count }, (_, i) => ({ keyFingerprint: `key ${i}`, fqdn: `web-${i}` })),
  );

async function keep(hostId: string, at: number, cpuPercent: number | null) {
  services.keptSamples.keep(hostId, sampleWith({ at: iso(at), cpuPercent }));
}

/** As the definition has it: linear between the two nearest. */
function percentile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = part * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (above - below) * (at - Math.floor(at));
}
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test.each([
  ['1m', 1],
  ['10m', 10],
  ['1h', 60],
] as const)('%s: what a plain recomputation finds, of what is packed and of what is not', async (step, minutes) => {
  const width = minutes * MINUTE_MS;
  const now = Math.floor(Date.now() / DAY_MS) * DAY_MS + 2.6 * HOUR_MS;
  const random = createRandom(1);
  const ids = await seed(4);
  const start = now - 8 * HOUR_MS;
  const of = new Map<string, { at: number; value: number }[]>(ids.map((id) => [id, []]));
  for (const [i, hostId] of ids.entries())
    for (let at = start; at < now; at += 40_000) {
      // One is off for two hours, and one is often asked and now and then silent.
      if ((i === 1 && at > start + HOUR_MS && at < start + 3 * HOUR_MS) || (i === 2 && random.chance(0.3))) continue;
      const value = Math.fround(random.between(0, 100));
      of.get(hostId)!.push({ at, value });
      await keep(hostId, at, value);
    }
  await services.keptSamples.flush();
  await rollUp(services.db, { now });

  const span = { metrics: 'cpu', from: iso(start), to: iso(now), step };
  const answers = await Promise.all(
    (['avg', 'p95', 'max', 'min'] as const).map((aggregate) => admin.metrics.query({ ...span, aggregate })),
  );
  const first = Math.floor(start / width) * width;
  for (const [n, { at, value, ...point }] of answers[0]!.series[0]!.points.entries()) {
    expect(Date.parse(at)).toBe(first + n * width);
    const perHost = [...of.values()]
      .map((all) => all.filter(({ at: then }) => then >= first + n * width && then < first + (n + 1) * width))
      .map((all) => all.map(({ value }) => value))
      .filter((values) => values.length > 0);
    const averages = perHost.map(mean);
    const all = perHost.flat();
    const close = (expected: number) => expect.closeTo(expected, 3) as number;
    expect(point, at).toEqual({
      ...{ min: close(Math.min(...all)), avg: close(mean(averages)), max: close(Math.max(...all)) },
      ...{ count: all.length, hosts: perHost.length },
    });
    const values = answers.map(({ series }) => series[0]!.points[n]!.value);
    expect([value, ...values.slice(1)]).toEqual(
      [mean(averages), percentile(averages, 0.95), Math.max(...all), Math.min(...all)].map(close),
    );
  }
  expect(answers[0]!.step).toBe(step);
  expect(answers[0]!.series[0]!.points).toHaveLength(Math.ceil((now - first) / width));
});

test('the last minutes are samples in steps of the heartbeat, with nothing where nobody measured', async () => {
  const now = Math.floor(Date.now() / 30_000) * 30_000;
  const [one, other] = (await seed(2)) as [string, string];
  await keep(one, now - 85_000, 10);
  await keep(other, now - 80_000, 30);
  await keep(other, now - 20_000, 50);
  await services.keptSamples.flush();
  const span = { metrics: 'cpu,load.1', from: iso(now - 90_000), to: iso(now) };
  const { step, series } = await admin.metrics.query(span);
  expect(step).toBe('raw');
  const nothing = { value: null, min: null, avg: null, max: null, count: 0, hosts: 0 };
  expect(series.map(({ metric }) => metric)).toEqual(['cpu', 'load.1']);
  expect(series[0]!.points).toEqual([
    { at: iso(now - 90_000), value: 20, min: 10, avg: 20, max: 30, count: 2, hosts: 2 },
    { at: iso(now - 60_000), ...nothing },
    { at: iso(now - 30_000), value: 50, min: 50, avg: 50, max: 50, count: 1, hosts: 1 },
  ]);
});

test('of each disk, by its mount, on all hosts that have one there', async () => {
  const ids = await seed(2);
  const disk = { filesystem: 'ext4', totalBytes: 1000, availableBytes: 500 };
  for (const [i, hostId] of ids.entries())
    services.keptSamples.keep(
      hostId,
      sampleWith({
        disks: [
          { ...disk, mount: '/', usedBytes: 100 * (i + 1) },
          { ...disk, mount: `/only-${i}`, usedBytes: 7 },
        ],
      }),
    );
  await services.keptSamples.flush();
  const used = async (metrics: string) =>
    (await admin.metrics.query({ metrics })).series.map(({ metric, points }) => [
      metric,
      ...points.flatMap(({ hosts, value }) => (hosts > 0 ? [hosts, value] : [])),
    ]);
  expect(await used('disk.used')).toEqual([
    ['disk.used:/', 2, 150],
    ['disk.used:/only-0', 1, 7],
    ['disk.used:/only-1', 1, 7],
  ]);
  expect(await used('disk.used:/,cpu')).toEqual([
    ['cpu', 2, 10],
    ['disk.used:/', 2, 150],
  ]);
});

test('hosts by a filter, by their fleet and by their ids, and of those only what the caller may see', async () => {
  const [web, db, secret] = (await seed(3)) as [string, string, string];
  await services.db.update(hosts).set({ tags: ['env:prod'] });
  for (const [i, hostId] of [web, db, secret].entries()) await keep(hostId, Date.now() - 1000, i + 1);
  await services.keptSamples.flush();
  const { id: fleet } = await admin.fleets.create({ name: 'Shop' });
  await admin.fleets.putHost({ fleetId: fleet, hostId: db });
  const sumOf = async (
    which: Partial<Parameters<typeof admin.metrics.query>[0]>,
    who: Pick<typeof admin, 'metrics'> = admin,
  ) => {
    const { series } = await who.metrics.query({ metrics: 'cpu', ...which });
    return series.flatMap(({ points }) => points).reduce((sum, { avg, hosts }) => sum + (avg ?? 0) * hosts, 0);
  };
  expect(await sumOf({})).toBe(6);
  expect(await sumOf({ filter: 'name = web-0 or name = web-2' })).toBe(4);
  expect(await sumOf({ fleet })).toBe(2);
  expect(await sumOf({ hosts: `${web},${secret}` })).toBe(4);
  expect(await sumOf({ hosts: web, fleet })).toBe(0);
  const somebody = await personOn(services, { role: 'viewer', hostIds: [web, db] });
  for (const [which, sum] of [
    [{}, 3],
    [{ hosts: secret }, 0],
    [{ hosts: `${secret},${db}` }, 2],
    [{ filter: 'tags has env' }, 3],
    [{ fleet }, 0],
  ] as const)
    expect(await sumOf(which, somebody), JSON.stringify(which)).toBe(sum);
});

test('what would be too much is refused, and by itself it is never asked for', async () => {
  await seedManyHosts(services.db, 5100);
  const from = iso(Date.now() - 30 * DAY_MS);
  const refused = (asked: Partial<Parameters<typeof admin.metrics.query>[0]>, how: object) =>
    expect(admin.metrics.query({ metrics: 'cpu', ...asked }), JSON.stringify(asked)).rejects.toMatchObject(how);
  await refused({}, { appCode: 'metrics.too_many_hosts' });
  await refused({ search: 'web', from, step: '1m' }, { appCode: 'metrics.too_many_figures' });
  await refused({ from: '0001-01-01T00:00:00Z' }, { appCode: 'metrics.too_many_points' });
  const names = Array.from({ length: 11 }, () => 'cpu').join();
  for (const wrong of [{ metrics: 'cpus' }, { metrics: names }, { hosts: 'web-01' }, { hosts: '' }, { filter: 'x' }])
    await refused(wrong, { code: 'BAD_REQUEST' });
  const web = { metrics: 'cpu', search: 'web' };
  expect((await admin.metrics.query(web)).step).toBe('raw');
  expect((await admin.metrics.query({ metrics: 'cpu', platform: 'linux' })).step).toBe('1m');
  expect((await admin.metrics.query({ ...web, from })).step).toBe('1h');
});

test('where none of them was measured it says that no server was at work, or why all of them were down', async () => {
  const ids = (await seed(3)) as [string, string, string];
  const start = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 5 * HOUR_MS;
  const minute = (n: number) => start + n * MINUTE_MS;
  const isOff = (n: number) => n > 60 && n < 90;
  for (let n = 0; n <= 240; n++) {
    if (!isOff(n)) await countHosts(services.db, minute(n) / 1000);
    if (!isOff(n) && (n < 120 || n >= 150) && (n < 180 || n >= 210)) await keep(ids[0], minute(n) + 1000, n);
  }
  await services.keptSamples.flush();
  const happened = (hostId: string, n: number, kind: 'up' | 'down', detail: string | null = null) =>
    services.reports.happening({ hostId, at: new Date(minute(n)), kind, detail });
  await happened(ids[0], 0, 'up');
  await happened(ids[1], 100, 'down', 'lost');
  await happened(ids[0], 120, 'down', 'silent');
  await happened(ids[0], 150, 'up');
  await happened(ids[1], 170, 'up');
  const query = (asked: object = {}) =>
    admin.metrics.query({ metrics: 'cpu', step: '1m', from: iso(start), to: iso(minute(240)), ...asked });
  const { gaps, series } = await query();
  expect(series[0]!.points.filter(({ hosts }) => hosts === 0)).toHaveLength(29 + 30 + 30);
  const off = { from: iso(minute(60)), to: iso(minute(90)), reason: 'server_off', down: [] };
  const allDown = (...down: object[]) => ({ from: iso(minute(120)), to: iso(minute(150)), reason: 'down', down });
  // Of the third nothing is known, and later one that is up measures nothing: that has no reason.
  expect(gaps).toEqual([off, allDown({ reason: 'lost', hosts: 1 }, { reason: 'silent', hosts: 1 })]);
  const first = await query({ hosts: ids[0] });
  expect(first.gaps).toEqual([off, allDown({ reason: 'silent', hosts: 1 })]);
  const somebody = await personOn(services, { role: 'viewer', hostIds: [ids[0]] });
  expect((await somebody.metrics.query({ metrics: 'cpu', from: iso(start), to: iso(minute(240)) })).gaps).toEqual(
    first.gaps,
  );
  const nothing = { metrics: 'temperature', from: iso(minute(61)), to: iso(minute(89)) };
  expect(await admin.metrics.query(nothing)).toMatchObject({ series: [], gaps: [off] });
});

test('what is asked of every disk counts as often as hosts have disks, before it is read', async () => {
  const [many, one, fresh] = (await seed(3)) as [string, string, string];
  const disk = (mount: string) => ({ mount, filesystem: 'ext4', totalBytes: 10, usedBytes: 5, availableBytes: 5 });
  await services.db
    .insert(metricSeries)
    .values([
      ...Array.from({ length: 1340 }, (_, n) => ({ hostId: many, metric: 1001, label: `/${n}` })),
      { hostId: one, metric: 1001, label: '/' },
    ]);
  services.keptSamples.keep(fresh, sampleWith({ disks: Array.from({ length: 60 }, (_, n) => disk(`/new-${n}`)) }));
  await services.keptSamples.flush();
  // 1,341 disks and a day of minutes are 1.93 million figures; with 60 more, of which no level has been made, 2.02.
  const from = iso(Date.now() - DAY_MS);
  const asked = (metrics: string, which: object = {}) => admin.metrics.query({ metrics, step: '1m', from, ...which });
  const tooMany = { appCode: 'metrics.too_many_figures' };
  const known = { hosts: `${many},${one}` };
  await expect(asked('disk.used')).rejects.toMatchObject(tooMany);
  expect((await asked('disk.used', known)).step).toBe('1m');
  await expect(asked('disk.used,disk.available', known)).rejects.toMatchObject(tooMany);
  expect((await asked('cpu,disk.used:/')).step).toBe('1m');
  const auto = await admin.metrics.query({ metrics: 'disk.used', from: iso(Date.now() - 7 * HOUR_MS) });
  expect(auto.step).toBe('10m');
});
