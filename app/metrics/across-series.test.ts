import { expect, it } from 'vitest';
import { acrossLines, widthOf } from './across-series';

const point = (minute: number, avg: number | null, hosts: number) => ({
  at: new Date(minute * 60_000).toISOString(),
  ...{ avg, hosts, count: hosts, min: avg && avg - 1, max: avg && avg + 9, value: avg && avg + 5 },
});

it('has lines of what was measured, in the middle of what each point stands for', () => {
  const points = [point(0, 10, 2), point(1, null, 0), point(2, 20, 3)];
  const all = { step: '1m' as const, series: [{ metric: 'cpu', points }], gaps: [] };
  expect(widthOf(all)).toBe(60);
  expect(acrossLines(all).get('cpu')).toMatchObject({
    average: { metric: 'cpu', at: [30, 150], average: [10, 20], lowest: [9, 19], highest: [19, 29] },
    most: { at: [30, 150], average: [15, 25], lowest: null },
    highest: { average: [19, 29] },
    hosts: 3,
  });
});
