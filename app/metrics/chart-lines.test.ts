import { expect, it } from 'vitest';
import { linesOf, percentOf } from './chart-lines';

const series = (points: Record<number, number>, band: number | null = null) => {
  const average = Object.values(points);
  const bound = (by: number) => band && average.map((value) => value + by * band);
  return {
    metric: 'cpu',
    isStale: false,
    at: Object.keys(points).map(Number),
    average,
    lowest: bound(-1) || null,
    highest: bound(1) || null,
  };
};

it('reaches from end to end of the range, and has nothing there where nothing was measured', () => {
  const { times, lines } = linesOf([series({ 40: 1, 50: 2, 60: 3 })], { from: 0, to: 100 });
  expect(times).toEqual([0, 40, 50, 60, 100]);
  expect(lines).toEqual([{ values: [null, 1, 2, 3, null], band: null }]);
});

it('ends with the last figure where that is no older than figures usually are', () => {
  expect(linesOf([series({ 0: 1, 10: 2, 20: 3 })], { from: 0, to: 29 }).times).toEqual([0, 10, 20]);
});

it('breaks every line in a gap', () => {
  const { times, lines } = linesOf([series({ 0: 1, 10: 2, 20: 3, 60: 4 }, 1)], { from: 0, to: 60 });
  expect(times).toEqual([0, 10, 20, 40, 60]);
  expect(lines[0]!.values).toEqual([1, 2, 3, null, 4]);
  expect(lines[0]!.band).toEqual({ low: [0, 1, 2, null, 3], high: [2, 3, 4, null, 5] });
});

it('has every gap from figure to figure, and those at the ends of the range', () => {
  const { gaps } = linesOf([series({ 30: 1, 40: 2, 50: 3, 80: 4, 90: 5 })], { from: 0, to: 94 });
  expect(gaps).toEqual([
    { from: 0, to: 30 },
    { from: 50, to: 80 },
  ]);
});

it('breaks where no server was at work, however little is missing, and nowhere else', () => {
  const missing = [series({ 0: 1, 10: 2, 20: 3, 40: 4, 50: 5, 70: 6, 80: 7 })];
  const span = { from: 0, to: 80 };
  expect(linesOf(missing, span).gaps).toEqual([]);
  const { times, lines, gaps } = linesOf(missing, span, [{ from: 22, to: 31 }]);
  expect(gaps).toEqual([{ from: 20, to: 40 }]);
  expect(times).toEqual([0, 10, 20, 30, 40, 50, 70, 80]);
  expect(lines[0]!.values).toEqual([1, 2, 3, null, 4, 5, 6, 7]);
  expect(linesOf(missing, span, [{ from: 12, to: 18 }]).gaps, 'nothing is missing there').toEqual([]);
});

it('puts series on one axis that were not measured at the same moments', () => {
  const { times, lines } = linesOf([series({ 0: 1, 10: 2, 20: 3 }), series({ 20: 7 })], { from: 0, to: 20 });
  expect(times).toEqual([0, 10, 20]);
  expect(lines.map(({ values }) => values)).toEqual([
    [1, 2, 3],
    [null, null, 7],
  ]);
});

it('is an empty axis of the range where nothing was measured at all', () => {
  expect(linesOf([], { from: 5, to: 9 })).toEqual({ times: [5, 9], lines: [], gaps: [] });
});

it('is how full a disk is, of what was measured of both', () => {
  const full = percentOf(series({ 0: 30, 10: 50, 20: 80 }, 10), series({ 0: 70, 20: 20 }));
  expect(full).toMatchObject({ at: [0, 20], average: [30, 80], lowest: [20, 70], highest: [40, 90] });
  expect(percentOf(series({ 0: 0 }), series({ 0: 0 })).average).toEqual([0]);
});
