import { expect, it } from 'vitest';
import { limitsOf, limitsOfDisk, limitsOfUsed } from './limits-of';

const rule = { label: null, comparison: 'above' as const, severity: 'warning' as const };
const rules = [
  { ...rule, metric: 'cpu' as const, threshold: 95 },
  { ...rule, metric: 'memory.used_percent' as const, threshold: 50 },
  { ...rule, metric: 'memory.used' as const, threshold: 700 },
  { ...rule, metric: 'disk.used_percent' as const, threshold: 85 },
  { ...rule, metric: 'disk.used_percent' as const, threshold: 60, label: '/var' },
];
const values = (limits: { value: number }[]) => limits.map(({ value }) => value);

it('is where a chart has the figure of a rule, in the unit of the chart', () => {
  expect(values(limitsOf(rules, 'cpu', 'load.1'))).toEqual([95]);
  expect(values(limitsOfUsed(rules, 'memory', 2000))).toEqual([700, 1000]);
  expect(values(limitsOfUsed(rules, 'memory', undefined))).toEqual([700]);
  expect(values(limitsOfUsed(rules, 'swap', 2000))).toEqual([]);
});

it('is of a disk what is about each of them, and about it alone', () => {
  expect(values(limitsOfDisk(rules, '/var'))).toEqual([85, 60]);
  expect(values(limitsOfDisk(rules, '/'))).toEqual([85]);
});
