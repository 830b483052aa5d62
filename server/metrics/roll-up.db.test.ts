import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Sample } from '../../agent/protocol';
import { hosts } from '../../db/schema';
import { seedHosts } from '../hosts/testing';
import { testServices } from '../testing';
import { dropExpired, earlierNow, keptSeconds } from './keep-levels';
import { LEVELS } from './levels';
import { listPartitions } from './partitions';
import { readBuckets, readSamples } from './read-series';
import { rollUp } from './roll-up';
import { near, recompute, sampleWith } from './testing';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** 1 November 2026, a Sunday on which clocks are set in America. Seconds, as all times here. */
const START = Date.UTC(2026, 10, 1) / 1000;

let services: Awaited<ReturnType<typeof testServices>>;
let hostId: string;

beforeEach(async () => {
  services = await testServices();
  [hostId] = (await seedHosts(services.db, [{}])) as [string];
});

/** Of a percent: single precision has each of them, and writes each as it is. */
const eighths = fc.integer({ min: 0, max: 800 }).map((n) => n / 8);

const keep = async (at: number, change: Partial<Sample>, host = hostId) => {
  services.keptSamples.keep(host, sampleWith({ at: new Date(at * 1000).toISOString(), ...change }));
};

/** What was kept, with every level made as far as it can be at that moment. */
async function rollUpTo(at: number) {
  await services.keptSamples.flush();
  return rollUp(services.db, { now: at * 1000 });
}

const read = async (level: (typeof LEVELS)[number], [from, to] = [START, START + 3 * DAY], metrics = ['cpu']) =>
  (await readBuckets(services.db, { hostId, metrics, from, to }, { level, width: level.step }))[0]?.points ?? [];

test('every level says what the samples say, whenever it was made, on random series', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 26 * HOUR }), fc.option(eighths, { freq: 10 })), {
        minLength: 1,
        maxLength: 80,
      }),
      fc.array(fc.integer({ min: 0, max: 2 * DAY }), { maxLength: 2 }),
      async (offsets, moments) => {
        await services.db.execute(sql`truncate metric_level, metric_sample, metric_1m, metric_10m, metric_1h`);
        const samples = [...new Map(offsets)].map(([at, cpu]) => [START + at, cpu] as [number, number | null]);
        const sorted = samples.toSorted(([a], [b]) => a - b);
        const ends = moments.map((at) => START + at).sort((a, b) => a - b);
        for (const end of [...ends, START + 2 * DAY + HOUR]) {
          for (const [at, cpuPercent] of sorted.splice(0, sorted.filter(([at]) => at < end - 60).length))
            await keep(at, { cpuPercent });
          await rollUpTo(end);
          const until = samples.filter(([at]) => at < end - 60);
          for (const level of LEVELS) {
            expect(await read(level)).toEqual(near(recompute(until, level.step)));
          }
        }
      },
    ),
    { numRuns: 4 },
  );
  // Some three hundred transactions.
}, 60_000);

test('what stood still, and what came regularly, is written once, and reads as what came', async () => {
  const samples: [number, number][] = [];
  for (let at = START; at < START + 2 * HOUR; at += 30) samples.push([at, at < START + HOUR ? 50 : at % 89]);
  for (const [at, cpuPercent] of samples) await keep(at, { cpuPercent });
  await rollUpTo(START + 2 * HOUR + 600);
  for (const level of LEVELS) expect(await read(level)).toEqual(near(recompute(samples, level.step)));
  const { rows } = await services.db.execute(sql`
    select cardinality(lowest) as lowest, cardinality(highest) as highest, cardinality(average) as average, counts
    from metric_1m p join metric_series s on s.id = p.series_id and s.metric = 1 order by start`);
  expect(rows).toEqual([
    { lowest: 0, highest: 0, average: 60, counts: [2] },
    { lowest: 60, highest: 60, average: 60, counts: [2] },
  ]);
});

test('a second time makes nothing, and several at once make each period once', async () => {
  for (let at = START; at < START + 3 * HOUR; at += 300) await keep(at, { cpuPercent: at % 97 });
  await services.keptSamples.flush();
  const now = (START + 3 * HOUR + 600) * 1000;
  const made = await Promise.all([1, 2, 3].map(() => rollUp(services.db, { now })));
  expect(made.reduce((sum, n) => sum + n, 0)).toBe(3);
  const before = await read(LEVELS[0]!);
  expect(before).toHaveLength(36);
  expect(await rollUp(services.db, { now })).toBe(0);
  expect(await read(LEVELS[0]!)).toEqual(before);
});

test('one that is cut off in the middle leaves nothing, and the next makes it whole', async () => {
  for (let at = START; at < START + HOUR; at += 30) await keep(at, { cpuPercent: 50 });
  await services.keptSamples.flush();
  await services.db.execute(sql`alter table metric_level add constraint cut_off check (until <= '2026-11-01')`);
  await expect(rollUpTo(START + 2 * HOUR)).rejects.toThrow();
  const { rows } = await services.db.execute(sql`select count(*)::int as rows from metric_1m`);
  expect(rows).toEqual([{ rows: 0 }]);
  await services.db.execute(sql`alter table metric_level drop constraint cut_off`);
  expect(await rollUpTo(START + 2 * HOUR)).toBe(1);
  expect((await read(LEVELS[0]!)).every(({ count }) => count === 2)).toBe(true);
});

test('after a clock was ahead for a while, levels are made of what comes then', async () => {
  for (let at = START; at < START + HOUR; at += 300) await keep(at, { cpuPercent: 10 });
  expect(await rollUpTo(START + 6 * HOUR)).toBeGreaterThan(4);
  for (let at = START + HOUR; at < START + 5 * HOUR; at += 300) await keep(at, { cpuPercent: 20 });
  await rollUpTo(START + HOUR + 60);
  await rollUpTo(START + 5 * HOUR + 600);
  const minutes = (await read(LEVELS[0]!)).map(({ avg }) => avg);
  expect(minutes).toEqual([...Array<number>(12).fill(10), ...Array<number>(48).fill(20)]);
  expect(await read(LEVELS[1]!)).toHaveLength(30);
});

test('what one clock alone says is not over', async () => {
  const now = Date.now();
  expect(await earlierNow(services.db, now + 30 * DAY * 1000)).toBeLessThan(now + DAY * 1000);
  expect(await earlierNow(services.db, now - 30 * DAY * 1000)).toBe(now - 30 * DAY * 1000);
});

test('a sample whose commit was not heard of is kept once', async () => {
  for (let i = 0; i < 2; i++) await keep(START, { cpuPercent: 50 });
  await services.keptSamples.flush();
  expect(await readSamples(services.db, { hostId, metrics: ['cpu'], from: START, to: START + 1 })).toEqual([
    { metric: 'cpu', points: [[START * 1000, 50]] },
  ]);
});

test('what a machine does not tell is absent, and each of its disks is a series', async () => {
  const disk = { mount: '/', filesystem: 'ext4', totalBytes: 1000, usedBytes: 400, availableBytes: 550 };
  const disks = [disk, { ...disk, mount: '/var, and "more"', inodesTotal: 100, inodesUsed: 20 }];
  await keep(START, { disks, load1: null });
  await rollUpTo(START + 2 * HOUR);
  const span = { hostId, from: START, to: START + HOUR };
  const at = { level: LEVELS[0]!, width: 60 };
  const all = await readBuckets(services.db, { ...span, metrics: null }, at);
  const names = all.map(({ metric }) => metric);
  expect(names).not.toContain('load.1');
  expect(names).not.toContain('swap.used');
  const ofDisks = all.filter(({ metric }) => metric.startsWith('disk.')).map((s) => [s.metric, s.points[0]!.avg]);
  expect(Object.fromEntries(ofDisks)).toEqual({
    ...{ 'disk.used:/': 400, 'disk.available:/': 550 },
    ...{ 'disk.used:/var, and "more"': 400, 'disk.available:/var, and "more"': 550 },
    ...{ 'disk.inodes_used:/var, and "more"': 20, 'disk.inodes_available:/var, and "more"': 80 },
  });
  const [one, ...others] = await readBuckets(services.db, { ...span, metrics: ['disk.used:/var, and "more"'] }, at);
  expect([one?.points[0]?.avg, others]).toEqual([400, []]);
});

test('a host that is gone by then holds nobody up', async () => {
  const [gone] = (await seedHosts(services.db, [{ fqdn: 'gone.example.com', keyFingerprint: 'gone' }])) as [string];
  await keep(START, {}, gone);
  await keep(START, { cpuPercent: 7 });
  await services.keptSamples.flush();
  await services.db.delete(hosts).where(sql`id = ${gone}`);
  expect(await rollUpTo(START + 2 * HOUR)).toBe(1);
  expect(await read(LEVELS[0]!)).toHaveLength(1);
});

describe('what is over', () => {
  const kept = keptSeconds({ metrics: { raw_hours: 24, minute_days: 7, ten_minute_days: 30, hour_days: 400 } });
  const drop = (at: number) => dropExpired(services.db, kept, at * 1000);

  test('goes with its partition, and the next level has it still', async () => {
    for (let hour = 0; hour < 48; hour++) await keep(START + hour * HOUR, { cpuPercent: hour });
    await rollUpTo(START + 10 * DAY);
    expect(await drop(START + 10 * DAY)).toBeGreaterThan(48);
    expect(await listPartitions(services.db, 'metric_sample')).toEqual([]);
    expect(await listPartitions(services.db, 'metric_1m')).not.toContain(START);
    expect(await read(LEVELS[0]!)).toEqual([]);
    expect(await read(LEVELS[2]!)).toHaveLength(48);
  });

  test('is forgotten with its series when nothing of it is left', async () => {
    await keep(START, { cpuPercent: 42 });
    await rollUpTo(START + 10 * DAY);
    await keep(START + 500 * DAY, { load1: null });
    const end = START + 502 * DAY;
    // As if every hour between had been made: nothing was measured in it.
    await services.db.execute(sql`update metric_level set until = to_timestamp(${START + 500 * DAY}::float8)`);
    await rollUpTo(end);
    await drop(end);
    const [cpu, load] = [1, 6].map((metric) => sql`(select count(*)::int from metric_series where metric = ${metric})`);
    const { rows } = await services.db.execute(sql`select ${cpu} as cpu, ${load} as load`);
    expect(rows).toEqual([{ cpu: 1, load: 0 }]);
  });

  test('stays until the next level has it, as after a server was off for days', async () => {
    await keep(START, { cpuPercent: 42 });
    await services.keptSamples.flush();
    expect(await drop(START + 10 * DAY)).toBe(0);
    await rollUpTo(START + 10 * DAY);
    expect(await drop(START + 10 * DAY)).toBeGreaterThan(0);
    expect((await read(LEVELS[2]!))[0]).toMatchObject({ avg: 42, count: 1 });
  });
});
