import { sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { type Sample, sample as sampleSchema } from '../../agent/protocol';
import { seedHosts } from '../hosts/testing';
import { testServices } from '../testing';
import { keepLevels } from './keep-levels';
import { LEVELS } from './levels';
import { listPartitions, makePartition } from './partitions';
import { readBuckets, readSamples } from './read-series';
import { rollUp } from './roll-up';
import { sampleWith } from './testing';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Seconds, as all times here. */
const START = Date.UTC(2026, 10, 1) / 1000;

let services: Awaited<ReturnType<typeof testServices>>;
let hostId: string;
let other: string;

beforeEach(async () => {
  services = await testServices();
  [hostId, other] = (await seedHosts(services.db, [{}, { fqdn: 'other', keyFingerprint: 'other' }])) as [
    string,
    string,
  ];
});

const keep = (at: number, change: Partial<Sample>, host = hostId) =>
  services.keptSamples.keep(host, sampleWith({ at: new Date(at * 1000).toISOString(), ...change }));

async function rollUpTo(at: number) {
  await services.keptSamples.flush();
  return rollUp(services.db, { now: at * 1000, log: services.log });
}

const span = { from: START, to: START + 3 * DAY };

/** In each level how many buckets a figure has, and what it was on average. */
async function averagesOf(host: string, metric: string) {
  const found = [];
  for (const level of LEVELS) {
    const asked = { hostId: host, metrics: [metric], ...span };
    const [series] = await readBuckets(services.db, asked, { level, width: level.step });
    found.push(series?.points.map(({ avg }) => avg));
  }
  return found;
}

const disk = { filesystem: 'ext4', totalBytes: 1000, usedBytes: 400, availableBytes: 550 };

test('what single precision has no number for is left out, and costs no other sample', async () => {
  keep(START, { load1: 1e300, cpuPercent: 50 });
  // Nearer to zero than it has numbers for, it is zero.
  keep(START + 1, { load1: 1e-50, cpuPercent: 50 });
  await services.keptSamples.flush();
  const asked = { hostId, metrics: ['cpu', 'load.1'], from: START, to: START + 2 };
  expect(await readSamples(services.db, asked)).toMatchObject([
    {
      metric: 'cpu',
      points: [
        [START * 1000, 50],
        [(START + 1) * 1000, 50],
      ],
    },
    { metric: 'load.1', points: [[(START + 1) * 1000, 0]] },
  ]);
});

test('no load holds anybody up', async () => {
  const loads = [1.4e-45, 1e-38, 5e-324, -0, 3.4028234e38, 1.7e308];
  for (const [minute, load1] of loads.entries()) {
    expect(sampleSchema.safeParse(sampleWith({ load1 })).success).toBe(true);
    for (const [i, load] of [load1, 0, 0, 0].entries()) keep(START + minute * 60 + i, { load1: load });
  }
  keep(START, { load1: 2 }, other);
  await rollUpTo(START + 2 * DAY);
  expect(await averagesOf(other, 'load.1')).toEqual([[2], [2], [2]]);
  const averages = (await averagesOf(hostId, 'load.1')).flat();
  expect(averages).toHaveLength(6 + 1 + 1);
  expect(averages.every(Number.isFinite)).toBe(true);
});

test('nor does one that is in the database already', async () => {
  keep(START, { load1: 2 }, other);
  keep(START, { load1: 0 });
  keep(START + 1, { load1: 7 });
  await services.keptSamples.flush();
  await services.db.execute(sql`
    update metric_sample set figures[6] = '1.4e-45'::real where host_id = ${hostId} and figures[6] = 7`);
  for (const end of [START + HOUR, START + 2 * DAY]) {
    await rollUpTo(end);
    expect(await averagesOf(other, 'load.1')).toEqual([[2], [2], [2]]);
    expect(await averagesOf(hostId, 'load.1')).toEqual([[0], [0], [0]]);
  }
});

test('neither do names of mounts, however odd or long', async () => {
  const mounts = [
    ...['', ' ', '"', '\\', "';--", '{NULL}', 'a,b', '\n\t\x01\x7f', '\u202e/gro', '\ufffd\uffff', '💽'.repeat(250)],
    // Three bytes each, and no two alike: what an index has of it cannot be compressed.
    String.fromCharCode(...Array.from({ length: 500 }, (_, i) => 0x4e00 + ((i * 7919) % 20_000))),
  ];
  const change = { disks: [...mounts, ...mounts.slice(0, 3)].map((mount) => ({ ...disk, mount })) };
  expect(sampleSchema.safeParse(sampleWith(change)).success).toBe(true);
  keep(START, change);
  keep(START, { load1: 2 }, other);
  await rollUpTo(START + 2 * DAY);
  expect(await averagesOf(other, 'load.1')).toEqual([[2], [2], [2]]);
  for (const mount of mounts.filter(Boolean))
    expect(await averagesOf(hostId, `disk.used:${mount}`)).toEqual([[400], [400], [400]]);
});

test.each([
  ['not a number', { load1: NaN }],
  ['without end', { load1: Infinity }],
  ['below nothing', { networkSentBytesPerSecond: -1 }],
  ['an amount that is not whole', { memoryUsedBytes: 0.5 }],
  ['an amount beyond what is counted exactly', { memoryUsedBytes: 2 ** 60 }],
  ['a mount of 10,000 letters', { disks: [{ ...disk, mount: 'x'.repeat(10_000) }] }],
  ['a mount with half a character', { disks: [{ ...disk, mount: '/\ud800' }] }],
  ['a mount with U+0000', { disks: [{ ...disk, mount: '/\0' }] }],
  ['more disks than any machine has', { disks: Array.from({ length: 65 }, (_, i) => ({ ...disk, mount: `/${i}` })) }],
])('%s is not taken from a machine', (_, change) => {
  expect(sampleSchema.safeParse(sampleWith(change)).success).toBe(false);
});

test('a machine that says other mounts all the time does not fill the database, and the log says what is left out', async () => {
  const logged = () => services.logged.filter(({ level }) => level === 40);
  const says = (at: number, mounts: string[]) => keep(at, { disks: mounts.map((mount) => ({ ...disk, mount })) });
  const countSeries = async () =>
    (await services.db.execute<{ n: number }>(sql`select count(*)::int as n from metric_series`)).rows[0]!.n;
  says(START, ['/stays']);
  for (let n = 0; n < 20; n++)
    says(
      START + n * 30 + 1,
      Array.from({ length: 64 }, (_, i) => `/${n}/${i}`),
    );
  await rollUpTo(START + HOUR + 600);
  expect(await countSeries()).toBe(2000);
  expect((await averagesOf(hostId, 'cpu'))[0]).toHaveLength(10);
  expect(logged()).toEqual([expect.objectContaining({ hosts: [hostId], count: 1, figures: 2 * 1281 + 5 - 2000 })]);

  says(START + HOUR, ['/stays', '/one-more']);
  await rollUpTo(START + 2 * HOUR + 600);
  expect(await countSeries()).toBe(2000);
  expect(logged().slice(1)).toEqual([expect.objectContaining({ hosts: [hostId], count: 1, figures: 3 })]);

  // What was told a moment ago is still there; what was not for a day makes room, and only as much as is needed.
  const later = START + 2 * DAY;
  await services.db.execute(sql`update metric_level set until = to_timestamp(${later}::float8) where step = 60`);
  says(later, ['/stays', '/one-more']);
  await rollUpTo(later + HOUR + 600);
  expect(await countSeries()).toBe(2000);
  expect(logged()).toHaveLength(2);
  for (const mount of ['/stays', '/one-more'])
    expect((await averagesOf(hostId, `disk.used:${mount}`))[0]?.at(-1)).toBe(400);
  expect((await averagesOf(hostId, 'disk.used:/19/63'))[0]).toEqual([400]);
  // On a busy machine.
}, 60_000);

test('what is over goes though levels cannot be made', async () => {
  const old = Math.floor((Date.now() / 1000 - 500 * DAY) / (28 * DAY)) * 28 * DAY;
  await makePartition(services.db, 'metric_1h', old);
  keep(START - 100 * DAY, {});
  await services.keptSamples.flush();
  await services.db.execute(sql`alter table metric_level add constraint cut_off check (until < '2026-01-01')`);
  const keeping = keepLevels(services);
  await expect.poll(() => listPartitions(services.db, 'metric_1h')).not.toContain(old);
  await keeping.stop();
  expect(services.logged.map(({ msg }) => msg)).toEqual(['the levels of metrics were not made; trying again']);
});
