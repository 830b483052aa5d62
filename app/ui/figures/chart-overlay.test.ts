import { expect, test } from 'vitest';
import { axisEnd, type Limit, wordsAt } from './chart-overlay';

const limit = (value: number): Limit => ({ value, tone: 'warning', text: '' });

test('an axis ends above the highest figure and every limit that is near', () => {
  expect(axisEnd(10, [])).toBeCloseTo(11.5);
  expect(axisEnd(10, [limit(18), limit(1000)])).toBeCloseTo(20.7);
  expect(axisEnd(0, [limit(5)])).toBe(1);
});

test('a moment says why there is nothing, and what happened about then', () => {
  const overlay = {
    marks: [10, 95, 99, 102].map((at) => ({ at, tone: 'bad' as const, text: `at ${at}` })),
    gaps: [{ from: 90, to: 120, text: 'off' }],
  };
  expect(wordsAt(overlay, 100, 5)).toEqual(['off', 'at 99', 'at 102']);
  expect(wordsAt(overlay, 12, 5)).toEqual(['at 10']);
  expect(wordsAt(overlay, 50, 5)).toEqual([]);
});
