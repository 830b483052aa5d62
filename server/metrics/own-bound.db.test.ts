import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { seedHosts } from '../hosts/testing';
import { administratorOf, testServices } from '../testing';
import { LEVELS } from './levels';
import { DISKS_AFTER } from './metrics';
import { makePartition } from './partitions';
import { MOST_POINTS } from './read-series';
import { sampleWith } from './testing';

const HOUR = 3600;
const DAY = 24 * HOUR;

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;
let hostId: string;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
  [hostId] = (await seedHosts(services.db, [{}])) as [string];
});

const now = () => Date.now() / 1000;
const iso = (at: number) => new Date(at * 1000).toISOString();
const disks = Array.from({ length: 64 }, (_, i) => ({
  ...{ mount: `/mnt/${i}`, filesystem: 'ext4', totalBytes: 1000, usedBytes: i },
}));

/** One a second, until now. */
async function keepSeconds(seconds: number) {
  const end = now();
  for (let i = 0; i < seconds; i++) services.keptSamples.keep(hostId, sampleWith({ at: iso(end - i), disks }));
  await services.keptSamples.flush();
}

const pointsOf = (series: { points: unknown[] }[]) => series.reduce((sum, { points }) => sum + points.length, 0);

test('an hour of a host that measures each second is drawn in minutes, where its seconds are too many', async () => {
  await keepSeconds(1000);
  const { width, series } = await admin.hosts.chart({ hostId, from: now() - HOUR, to: now() + 1 });
  expect(width).toBe(60);
  expect(series).toHaveLength(4 + 2 * disks.length);
  const auto = await admin.hosts.metrics({ hostId });
  expect(auto.step).toBe('1m');
  expect(pointsOf(auto.series)).toBeLessThanOrEqual(MOST_POINTS);
  const fewer = await admin.hosts.metrics({ hostId, metrics: 'cpu' });
  expect([fewer.step, pointsOf(fewer.series)]).toEqual(['raw', 1000]);
});

test.each([
  ['a day', DAY, '10m'],
  ['a year', 365 * DAY, '1d'],
  ['all that is kept', 400 * DAY, '1d'],
])('%s of a host with 64 disks, which has just begun, is answered', async (_, seconds, step) => {
  await keepSeconds(3);
  const answer = await admin.hosts.metrics({ hostId, from: iso(now() - seconds) });
  expect(answer.step).toBe(step);
  expect(pointsOf(answer.series)).toBeLessThanOrEqual(MOST_POINTS);
});

test('a month of a machine that has had hundreds of disks is drawn, and answered', async () => {
  const today = Math.floor(now() / DAY) * DAY;
  const { db } = services;
  for (let at = today - 30 * DAY; at <= today; at += 15 * DAY) await makePartition(db, 'metric_1h', at);
  await db.execute(sql`
    insert into metric_series (host_id, metric, label)
    select ${hostId}, ${DISKS_AFTER + 1}::int, '/former/' || n from generate_series(1, 300) n`);
  await db.execute(sql`
    insert into metric_1h (series_id, start, buckets, lowest, average, highest, counts)
    select s.id, to_timestamp(${today}::int - n * ${DAY}::int), null, '{}', array_fill(1::real, array[24]), '{}', array[120]
    from metric_series s, generate_series(1, 30) n`);
  for (const { step } of LEVELS)
    await db.execute(sql`insert into metric_level (step, until) values (${step}, to_timestamp(${today}::int))`);
  const { width, series } = await admin.hosts.chart({ hostId, from: today - 30 * DAY, to: today });
  expect([width, series.length]).toEqual([4 * HOUR, 300]);
  const answers = [30, 400].map((days) =>
    admin.hosts.metrics({ hostId, from: iso(today - days * DAY), to: iso(today) }),
  );
  const [month, all] = await Promise.all(answers);
  expect([month!.step, all!.step]).toEqual(['6h', '7d']);
  // On a busy machine.
}, 60_000);
