import { asc } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Sample } from '../../../agent/protocol';
import { hostFigures } from '../../../db/schema';
import { administratorOf, testServices } from '../../testing';
import { writeFigures } from './keep-figures';
import { seedHosts } from '../testing';

const GIB = 2 ** 30;
const sampleOf = (sample: Partial<Sample>): Sample => ({
  ...{ at: new Date().toISOString(), cpuPercent: null, load1: 0, load5: 0, load15: 0, uptimeSeconds: 60 },
  ...{ memoryTotalBytes: 0, memoryUsedBytes: 0, swapTotalBytes: 0, swapUsedBytes: 0, disks: [] },
  ...{ networkReceivedBytesPerSecond: null, networkSentBytesPerSecond: null, ...sample },
});

const disk = (usedBytes: number, availableBytes?: number) => ({
  ...{ mount: '/', filesystem: 'ext4', totalBytes: 100, usedBytes },
  ...(availableBytes === undefined ? {} : { availableBytes }),
});

test('how busy hosts are is written as it is shown, of those that are up, and only where it has changed', async () => {
  const services = await testServices();
  const { db, samples, presence } = services;
  const [busy, idle, silent] = (await seedHosts(db, [{}, {}, {}])) as [string, string, string];
  presence.up(busy);
  presence.up(idle);
  samples.add(
    busy,
    sampleOf({ cpuPercent: 93.6, memoryTotalBytes: 4 * GIB, memoryUsedBytes: GIB, disks: [disk(10), disk(50, 30)] }),
  );
  samples.add(idle, sampleOf({ cpuPercent: null }));
  const read = async () => {
    const rows = await db.select().from(hostFigures).orderBy(asc(hostFigures.hostId));
    return rows.map(({ cpu, memory, disk }) => [cpu, memory, disk]);
  };
  const none = [-1, -1, -1];
  expect(await read()).toEqual([none, none, none]);
  const caller = await administratorOf(services);
  const count = async (state: 'up' | 'down') => (await caller.hosts.list({ state })).total;
  await expect.poll(() => count('up')).toBe(2);
  await writeFigures(services);
  expect(await read()).toEqual([[94, 25, 63], none, none]);

  const written = async () =>
    (await db.execute('select xmin::text, ctid::text from host_figure order by host_id')).rows;
  const before = await written();
  samples.add(busy, sampleOf({ cpuPercent: 94.4, memoryTotalBytes: 4, memoryUsedBytes: 1, disks: [disk(63, 37)] }));
  await writeFigures(services);
  expect(await written()).toEqual(before);

  const ids = async (direction: 'asc' | 'desc') =>
    (await caller.hosts.list({ sort: 'cpu', direction })).hosts.map(({ id }) => id);
  expect(await ids('desc')).toEqual([busy, silent, idle]);
  expect(await ids('asc')).toEqual([idle, silent, busy]);

  presence.down(busy, 'closed');
  await expect.poll(() => count('down')).toBe(1);
  await writeFigures(services);
  expect(await read()).toEqual([none, none, none]);
});

test('of a processor a step of three percent is written, of what is written; of memory and disks each percent', async () => {
  const services = await testServices();
  const { db, samples, presence } = services;
  const [hostId] = (await seedHosts(db, [{}])) as [string];
  presence.up(hostId);
  const administrator = await administratorOf(services);
  await expect.poll(async () => (await administrator.hosts.list({ state: 'up' })).total).toBe(1);
  /** What the row says after that was measured, and whether it was written. */
  async function measured(cpuPercent: number | null, used = 50, full = 50) {
    const version = async () =>
      (await db.execute<{ at: string }>('select ctid::text as at from host_figure')).rows[0]!.at;
    const before = await version();
    const memory = { memoryTotalBytes: 100, memoryUsedBytes: used };
    samples.add(hostId, sampleOf({ cpuPercent, ...memory, disks: [disk(full, 100 - full)] }));
    await writeFigures(services);
    const [row] = await db.select().from(hostFigures);
    return [row!.cpu, row!.memory, row!.disk, (await version()) !== before];
  }
  expect(await measured(50)).toEqual([50, 50, 50, true]);
  for (const near of [51, 52, 48, 52.4]) expect(await measured(near), `${near}`).toEqual([50, 50, 50, false]);
  expect(await measured(53)).toEqual([53, 50, 50, true]);
  // From what is written, not from what was measured last: a slow rise is not missed.
  for (const near of [54, 55]) expect(await measured(near)).toEqual([53, 50, 50, false]);
  expect(await measured(56)).toEqual([56, 50, 50, true]);
  expect(await measured(53)).toEqual([53, 50, 50, true]);
  expect(await measured(54, 51)).toEqual([54, 51, 50, true]);
  expect(await measured(55, 51, 51)).toEqual([55, 51, 51, true]);
  expect(await measured(1, 51, 51)).toEqual([1, 51, 51, true]);
  // Nothing and next to nothing are not the same; nor is what is not known.
  expect(await measured(0, 51, 51)).toEqual([0, 51, 51, true]);
  expect(await measured(null, 51, 51)).toEqual([-1, 51, 51, true]);
  expect(await measured(1, 51, 51)).toEqual([1, 51, 51, true]);
});
