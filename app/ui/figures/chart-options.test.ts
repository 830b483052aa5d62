import { expect, test } from 'vitest';
import { lonePoints, timeLabels } from './chart-options';

test.each([
  [[5], [0]],
  [[null, 5], [1]],
  [[1, 2, null, 3, null, 4, 5], [3]],
  [[1, 2, 3], []],
  [[null, null], []],
  [[], []],
])('of %j the points %j stand alone', (values, lone) => {
  expect(lonePoints(values)).toEqual(lone);
});

const at = (iso: string) => Date.parse(iso) / 1000;
const english = { locale: 'en', timeZone: 'Europe/Berlin' };
// Intl separates the time of day and its half by a narrow space.
const labels = (times: number[], step: number) =>
  timeLabels(times, { ...english, step }).map((text) => text.replace(/\s/g, ' '));

test('an axis of hours says where a day begins, also on the day on which clocks are set', () => {
  const midnight = at('2026-10-24T22:00:00Z');
  const six = [0, 1, 2, 3, 4, 5].map((i) => midnight - 4 * 3600 + i * 4 * 3600);
  // At 3:00 clocks were set to 2:00: by the clock the next four hours are three.
  expect(labels(six, 4 * 3600)).toEqual(['8:00 PM', 'Oct 25', '3:00 AM', '7:00 AM', '11:00 AM', '3:00 PM']);
});

test('an axis of seconds, of days and of months says what tells its marks apart', () => {
  expect(labels([at('2026-01-31T12:00:05Z')], 5)).toEqual(['1:00:05 PM']);
  expect(labels([at('2026-01-31T12:00:00Z')], 86_400)).toEqual(['Jan 31']);
  expect(labels([at('2026-01-31T12:00:00Z')], 30 * 86_400)).toEqual(['Jan 2026']);
});
