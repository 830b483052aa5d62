import { beforeEach, expect, test } from 'vitest';
import type { Sample } from '../../agent/protocol';
import { hostFacts } from '../../db/schema';
import { seedHosts } from '../hosts/testing';
import { administratorOf, testServices } from '../testing';
import { readLastSamples } from './find-last';
import { KEPT, SERIES } from './recent-samples';
import { sampleWith } from './testing';

const GIB = 2 ** 30;

let services: Awaited<ReturnType<typeof testServices>>;
let admin: Awaited<ReturnType<typeof administratorOf>>;

beforeEach(async () => {
  services = await testServices();
  admin = await administratorOf(services);
});

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

/** As a server has it that was started since: in the rows, and not in memory. */
async function kept(hostId: string, ...samples: Partial<Sample>[]): Promise<Sample[]> {
  const whole = samples.map(sampleWith);
  for (const sample of whole) services.keptSamples.keep(hostId, sample);
  await services.keptSamples.flush();
  return whole;
}

/** Every figure that there is, as single precision has it. */
const everything: Partial<Sample> = {
  ...{ cpuPercent: 12.5, cpuUserPercent: 8, cpuSystemPercent: 4.5, cpuWaitPercent: 0, cpuStealPercent: 0.25 },
  ...{ load1: 0.5, load5: 0.25, load15: 0, uptimeSeconds: 86_400 },
  ...{ memoryTotalBytes: 8 * GIB, memoryUsedBytes: 3 * GIB, memoryAvailableBytes: 5 * GIB, memoryCacheBytes: GIB },
  ...{ swapTotalBytes: 2 * GIB, swapUsedBytes: GIB, diskReadBytesPerSecond: 10.5, diskWrittenBytesPerSecond: 0 },
  ...{ networkReceivedBytesPerSecond: 1000, networkSentBytesPerSecond: 0 },
  ...{ processes: 200, loggedIn: 0, temperatureCelsius: 45.5 },
  disks: [
    {
      ...{ mount: '/', filesystem: 'ext4', totalBytes: 100 * GIB, usedBytes: 40 * GIB, availableBytes: 55 * GIB },
      ...{ inodesTotal: 1000, inodesUsed: 200 },
    },
    {
      ...{ mount: '/data', filesystem: 'xfs', totalBytes: 10 * GIB, usedBytes: 4 * GIB, availableBytes: 6 * GIB },
      isReadOnly: true,
    },
  ],
};

const storage = {
  ...{ '/.filesystem': 'ext4', '/.bytes': 100 * GIB },
  ...{ '/data.filesystem': 'xfs', '/data.bytes': 10 * GIB, '/data.read_only': true },
};

test('after a start of the server a host is what it was measured to be last, until it is measured again', async () => {
  const [hostId, silent] = (await seedHosts(services.db, [{}, { keyFingerprint: 'b', fqdn: 'b' }])) as [string, string];
  const changedAt = new Date();
  await services.db.insert(hostFacts).values({ hostId, section: 'storage', hash: '-', content: storage, changedAt });
  const [, sample] = await kept(hostId, { at: ago(60) }, { ...everything, at: ago(30) });
  await kept(silent, ...[400, 370, 340].map((seconds) => ({ at: ago(seconds) })));

  const detail = await admin.hosts.byId({ hostId });
  expect(detail.host).toMatchObject({ sample, isSampleStale: false });
  expect((await admin.hosts.page({ hostId })).host.sample).toEqual(sample);
  const { hosts } = await admin.hosts.list({});
  expect(hosts.map(({ id, sample, isSampleStale }) => [id, sample?.cpuPercent, isSampleStale])).toEqual(
    expect.arrayContaining([
      [hostId, 12.5, false],
      [silent, 10, true],
    ]),
  );

  const now = sampleWith({ cpuPercent: 99 });
  services.samples.add(hostId, now);
  expect((await admin.hosts.byId({ hostId })).host).toMatchObject({ sample: now, isSampleStale: false });
});

test('what a machine does not tell is absent, and so is what nobody knows of its disks', async () => {
  const [hostId] = (await seedHosts(services.db, [{}])) as [string];
  const disk = { mount: '/', filesystem: 'ext4', totalBytes: 100, usedBytes: 40, availableBytes: 55 };
  const [sample] = await kept(hostId, { cpuPercent: null, load1: null, disks: [disk] });
  const { host } = await admin.hosts.byId({ hostId });
  // What is not used is available: of an agent that does not say.
  expect(host.sample).toEqual({
    ...{ ...sample, memoryAvailableBytes: 500 },
    disks: [{ ...disk, filesystem: '', totalBytes: 95 }],
  });
});

test('nothing is said of who was never measured, or may not connect', async () => {
  const [never, pending] = (await seedHosts(services.db, [
    {},
    { keyFingerprint: 'b', fqdn: 'b', approval: 'pending' },
  ])) as [string, string];
  await kept(pending, {});
  const { hosts } = await admin.hosts.list({});
  expect(hosts.map(({ sample, isSampleStale }) => [sample, isSampleStale])).toEqual([
    [null, false],
    [null, false],
  ]);
  expect((await admin.hosts.byId({ hostId: never })).samples).toEqual([]);
});

test('a page of hosts asks once for all of them, and not when memory has them', async () => {
  const ids = await seedHosts(
    services.db,
    Array.from({ length: 30 }, (_, n) => ({ keyFingerprint: `key ${n}`, fqdn: `host-${n}` })),
  );
  for (const [n, id] of ids.entries()) await kept(id, { cpuPercent: n });
  let asked = 0;
  const db = new Proxy(services.db, {
    get(target, name) {
      if (name === 'execute') asked++;
      return Reflect.get(target, name, target) as unknown;
    },
  });
  expect((await readLastSamples({ ...services, db }, ids)).size).toBe(30);
  expect(asked).toBe(1);
});

test('the series before a start is drawn on with what came after it', async () => {
  const [hostId] = (await seedHosts(services.db, [{}])) as [string];
  const samples = await kept(
    hostId,
    ...Array.from({ length: KEPT + 10 }, (_, i) => ({ at: ago((KEPT + 10 - i) * 30), cpuPercent: i })),
  );
  const pointOf = (sample: Sample) =>
    Object.fromEntries(['at' as const, ...SERIES].map((name) => [name, sample[name]]));
  const all = samples.map(pointOf);
  expect(await admin.hosts.samples({ hostId })).toEqual(all.slice(-KEPT));
  // What is in memory is in the rows, too.
  for (const sample of samples.slice(-3)) services.samples.add(hostId, sample);
  expect(await admin.hosts.samples({ hostId })).toEqual(all.slice(-KEPT));
  expect((await admin.hosts.byId({ hostId })).samples).toEqual(all.slice(-KEPT));
});
