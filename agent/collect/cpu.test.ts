import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cpuPercent, parseProcStat, readCpuTimes } from './cpu';

const captured = readFileSync(new URL('../testdata/stat.debian-12', import.meta.url), 'utf8');

it('counts waiting for disks as idle, and time the hypervisor took as busy', () => {
  expect(parseProcStat('cpu  10 1 5 100 50 2 3 4 9 1\ncpu0 1 1 1 1\n')).toEqual({ busy: 25, total: 175 });
});

it('reads a captured file, and the short line of old kernels', () => {
  const { busy, total } = parseProcStat(captured);
  expect(busy).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(busy);
  expect(parseProcStat('cpu 1 1 1 7\n')).toEqual({ busy: 3, total: 10 });
});

it('throws rather than inventing a figure', () => {
  expect(() => parseProcStat('intr 1 2 3')).toThrow('/proc/stat');
  expect(() => parseProcStat('cpu a b c d')).toThrow('/proc/stat');
});

it('is the share of busy time between two readings', () => {
  const before = { busy: 100, total: 1000 };
  expect(cpuPercent(before, { busy: 125, total: 1100 })).toBe(25);
  expect(cpuPercent(null, before)).toBeNull();
  expect(cpuPercent(before, null)).toBeNull();
  expect(cpuPercent(before, before)).toBeNull();
  expect(cpuPercent(before, { busy: 50, total: 1100 })).toBeNull();
});

it('grows on this machine', async () => {
  const { busy, total } = await readCpuTimes();
  expect(busy).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(busy);
});
