import { expect, it } from 'vitest';
import { createLog } from '../process/log';
import { hello, PROTOCOL, sample } from '../protocol';
import { nameVirtualisation } from './hardware';
import { createFactReader } from './machine';
import { Measurer } from './measurer';
import { createSampler } from './sample';

function measureHere() {
  const lines: string[] = [];
  return { lines, measurer: new Measurer(createLog('info', (line) => lines.push(line))) };
}

it('measures this machine, rates from the second sample on', async () => {
  const { lines, measurer } = measureHere();
  const take = createSampler(measurer);
  const first = await take();
  expect(sample.safeParse(first).error).toBeUndefined();
  expect(first).toMatchObject({
    cpuPercent: null,
    networkReceivedBytesPerSecond: null,
    networkSentBytesPerSecond: null,
  });
  for (const figure of ['cpuUserPercent', 'diskReadBytesPerSecond']) expect(first).not.toHaveProperty(figure);
  expect(first.memoryUsedBytes).toBeGreaterThan(0);
  expect(first.memoryUsedBytes).toBeLessThan(first.memoryTotalBytes);

  // Processor time is counted in steps of 10 ms.
  for (const start = process.cpuUsage().user; process.cpuUsage().user - start < 50_000;);
  const second = await take();
  expect(sample.safeParse(second).error).toBeUndefined();
  expect(second.cpuPercent).toBeGreaterThan(0);
  expect(second.networkReceivedBytesPerSecond).toBeGreaterThanOrEqual(0);
  expect(second.cpuUserPercent! + second.cpuSystemPercent!).toBeLessThanOrEqual(second.cpuPercent! + 0.001);
  expect(second.memoryAvailableBytes).toBeLessThanOrEqual(second.memoryTotalBytes);
  if (process.platform === 'linux') expect(second.processes).toBeGreaterThan(1);
  expect(lines).toEqual([]);
});

it('finds the root disk with a size', async () => {
  const { measurer } = measureHere();
  const { disks } = await createSampler(measurer)();
  const root = disks.find(({ mount }) => mount === '/' || mount === 'C:');
  expect(root?.totalBytes).toBeGreaterThan(root?.usedBytes ?? Infinity);
});

it('describes this machine', async () => {
  const { lines, measurer } = measureHere();
  const facts = await createFactReader(measurer)();
  expect(hello.safeParse({ protocol: PROTOCOL, ...facts }).error).toBeUndefined();
  expect(facts.hardware.cpuCores).toBeGreaterThan(0);
  expect(Date.parse(facts.bootedAt)).toBeLessThan(Date.now());
  expect(lines).toEqual([]);
});

it('names what a machine runs in', () => {
  expect(nameVirtualisation({ model: 'Docker Container', virtual: true, virtualHost: 'KVM' })).toBe('Docker');
  expect(nameVirtualisation({ model: 'X', virtual: true, virtualHost: 'KVM' })).toBe('KVM');
  expect(nameVirtualisation({ model: 'X', virtual: true })).toBe('virtual');
  expect(nameVirtualisation({ model: 'X', virtual: false })).toBe('none');
});
