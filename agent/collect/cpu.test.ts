import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cpuShares, parseProcStat, readCpuTimes } from './cpu';

const captured = readFileSync(new URL('../testdata/stat.debian-12', import.meta.url), 'utf8');

it('counts waiting for disks as idle, and time the hypervisor took as busy', () => {
  const before = parseProcStat('cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 1 1 1 1\n');
  const after = parseProcStat('cpu  9 1 15 50 10 2 3 10 9 1\ncpu0 1 1 1 1\n');
  expect(cpuShares(before, after)).toEqual({ busy: 40, user: 10, system: 15, wait: 10, steal: 10 });
});

it('reads a captured file, and the short line of old kernels', () => {
  expect(parseProcStat(captured)).toEqual({
    ...{ user: 21_314, system: 7_289, others: [0, 127], idle: 769_520, wait: 716, steal: 123 },
  });
  const old = parseProcStat('cpu 1 1 1 7\n');
  expect(old).toMatchObject({ user: 2, system: 1, idle: 7 });
  expect(cpuShares(old, parseProcStat('cpu 2 1 1 8\n'))).toEqual({ busy: 50, user: 50, system: 0 });
});

it('throws rather than inventing a figure', () => {
  expect(() => parseProcStat('intr 1 2 3')).toThrow('/proc/stat');
  expect(() => parseProcStat('cpu a b c d')).toThrow('/proc/stat');
});

it('is the share of the time between two readings, of what the platform tells', () => {
  const before = { user: 60, system: 40, others: [0], idle: 900 };
  expect(cpuShares(before, { user: 80, system: 44, others: [1], idle: 975 })).toEqual({
    busy: 25,
    user: 20,
    system: 4,
  });
  expect(cpuShares(null, before)).toBeNull();
  expect(cpuShares(before, null)).toBeNull();
  expect(cpuShares(before, before)).toBeNull();
});

it.each([
  ['idle time', 'cpu 1200 0 0 99900 0 0 0 0 0 0'],
  ['one kind of busy time, though their sum grew', 'cpu 900 0 500 100100 0 0 0 0 0 0'],
  ['all, as after a resume', 'cpu 1 0 0 10 0 0 0 0 0 0'],
])('is unknown when %s went back', (_, after) => {
  expect(cpuShares(parseProcStat('cpu 1000 0 0 100000 0 0 0 0 0 0'), parseProcStat(after))).toBeNull();
});

it('is known when only the time waited for disks went back, as it may', () => {
  const [before, after] = ['cpu 1000 0 0 100000 50 0 0 0', 'cpu 1100 0 0 100320 30 0 0 0'].map(parseProcStat);
  const shares = cpuShares(before!, after!);
  expect(shares).toMatchObject({ busy: 25, user: 25 });
  expect(shares).not.toHaveProperty('wait');
});

it('reads this machine', async () => {
  const { user, system, idle } = await readCpuTimes();
  expect(Math.max(user, system)).toBeGreaterThan(0);
  expect(idle).toBeGreaterThan(0);
});
