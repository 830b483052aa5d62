import { expect, test } from 'vitest';
import { historyQuery } from './facts-query';

const NOW = Date.parse('2026-07-10T12:00:00Z');
const asked = (search: string) => historyQuery(new URLSearchParams(search), NOW);

test('changes are those of so many days, or since the day began where the reader is', () => {
  expect(asked('').since).toBe('2026-07-03T12:00:00.000Z');
  expect(asked('days=30').since).toBe('2026-06-10T12:00:00.000Z');
  expect(asked('since=2026-07-06&zone=Europe/Berlin&days=30').since).toBe('2026-07-05T22:00:00.000Z');
  expect(asked('since=2026-07-06').since).toBe('2026-07-06T00:00:00.000Z');
});

test('what the address cannot mean is left out', () => {
  expect(asked('since=2026-02-30&section=colour')).toEqual({ ...asked(''), section: undefined });
  expect(asked('section=packages').section).toBe('packages');
});
