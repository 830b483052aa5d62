import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cpuPercent, parseProcStat, readCpuTimes } from './cpu';

const captured = readFileSync(new URL('../testdata/stat.debian-12', import.meta.url), 'utf8');

it('counts waiting for disks as idle, and time the hypervisor took as busy', () => {
  expect(parseProcStat('cpu  10 1 5 100 50 2 3 4 9 1\ncpu0 1 1 1 1\n')).toEqual({
    idle: 150,
    busy: [10, 1, 5, 2, 3, 4],
  });
});

it('reads a captured file, and the short line of old kernels', () => {
  const { busy, idle } = parseProcStat(captured);
  expect(busy).toHaveLength(6);
  expect(idle).toBeGreaterThan(busy[0]!);
  expect(parseProcStat('cpu 1 1 1 7\n')).toEqual({ idle: 7, busy: [1, 1, 1] });
});

it('throws rather than inventing a figure', () => {
  expect(() => parseProcStat('intr 1 2 3')).toThrow('/proc/stat');
  expect(() => parseProcStat('cpu a b c d')).toThrow('/proc/stat');
});

it('is the share of busy time between two readings', () => {
  const before = { idle: 900, busy: [60, 40] };
  expect(cpuPercent(before, { idle: 975, busy: [80, 45] })).toBe(25);
  expect(cpuPercent(null, before)).toBeNull();
  expect(cpuPercent(before, null)).toBeNull();
  expect(cpuPercent(before, before)).toBeNull();
});

it.each([
  ['idle time', 'cpu 1200 0 0 99900 0 0 0 0 0 0'],
  ['one kind of busy time, though their sum grew', 'cpu 900 0 500 100100 0 0 0 0 0 0'],
  ['all, as after a resume', 'cpu 1 0 0 10 0 0 0 0 0 0'],
])('is unknown when %s went back', (_, after) => {
  expect(cpuPercent(parseProcStat('cpu 1000 0 0 100000 0 0 0 0 0 0'), parseProcStat(after))).toBeNull();
});

it('is known when only the time waited for disks went back, as it may', () => {
  const [before, after] = ['cpu 1000 0 0 100000 50 0 0 0', 'cpu 1100 0 0 100320 30 0 0 0'].map(parseProcStat);
  expect(cpuPercent(before!, after!)).toBe(25);
});

it('reads this machine', async () => {
  const { busy, idle } = await readCpuTimes();
  expect(Math.max(...busy)).toBeGreaterThan(0);
  expect(idle).toBeGreaterThan(0);
});
