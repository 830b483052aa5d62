import { expect, test } from 'vitest';
import { startOfDay } from './start-of-day';

const iso = (...args: Parameters<typeof startOfDay>) => {
  const start = startOfDay(...args);
  return start === null ? null : new Date(start).toISOString();
};

test.each([
  ['2026-01-15', 'UTC', '2026-01-15T00:00:00.000Z'],
  ['2026-01-15', 'Europe/Berlin', '2026-01-14T23:00:00.000Z'],
  ['2026-07-15', 'Europe/Berlin', '2026-07-14T22:00:00.000Z'],
  ['2026-01-15', 'America/Los_Angeles', '2026-01-15T08:00:00.000Z'],
  ['2026-01-15', 'Asia/Kathmandu', '2026-01-14T18:15:00.000Z'],
  ['2026-01-15', 'Pacific/Kiritimati', '2026-01-14T10:00:00.000Z'],
])('%s in %s', (day, zone, start) => {
  expect(iso(day, zone)).toBe(start);
});

test('days on which the clocks change are 23 and 25 hours long', () => {
  const hours = (day: string) => (startOfDay(day, 'Europe/Berlin', 1)! - startOfDay(day, 'Europe/Berlin')!) / 3_600_000;
  expect([hours('2026-03-29'), hours('2026-10-25'), hours('2026-10-26')]).toEqual([23, 25, 24]);
});

test('what is no day, and a zone that is none', () => {
  for (const day of ['', 'yesterday', '2026-02-30', '2026-13-01', '1969-12-31', '0099-01-01', '2026-1-1'])
    expect(iso(day, 'UTC'), day).toBeNull();
  expect(iso('9999-12-31', 'UTC', 1)).toBeNull();
  expect(iso('2026-01-15', 'Mars/Olympus')).toBe('2026-01-15T00:00:00.000Z');
});
