import { expect, test } from 'vitest';
import { formatDate, formatInstant, formatRelative } from './format-time';

const now = Date.parse('2026-03-01T12:00:00Z');
const SECOND = 1_000;
const DAY = 86_400 * SECOND;

test.each([
  [0, 'now'],
  [-44 * SECOND, 'now'],
  [-46 * SECOND, '1 min. ago'],
  [-3 * 60 * SECOND, '3 min. ago'],
  [-5 * 3_600 * SECOND, '5 hr. ago'],
  [-DAY, 'yesterday'],
  [90 * DAY, 'in 3 mo.'],
  [-2 * 365.25 * DAY, '2 yr. ago'],
])('%d ms from now is %s', (distance, text) => {
  expect(formatRelative(now + distance, now, 'en')).toBe(text);
});

test('an instant names its zone, and the zone moves the day', () => {
  const lateEvening = Date.parse('2026-03-01T23:30:00Z');
  expect(formatInstant(lateEvening, 'en', 'UTC')).toMatch(/^Mar 1, 2026, 11:30:00\sPM UTC$/);
  expect(formatDate(lateEvening, 'en', 'Asia/Tokyo')).toBe('Mar 2, 2026');
});
