import { expect, it } from 'vitest';
import { moves, rangeOf, shorterThan, spanSearch } from './range';

const NOW = Date.UTC(2026, 0, 31, 12);
const at = NOW / 1000;
const rangeIn = (search: string) => rangeOf(new URLSearchParams(search), NOW);

it.each([
  ['', { from: at - 3600, to: at, name: '1h' }],
  ['?range=400d', { from: at - 400 * 86_400, to: at, name: '400d' }],
  ['?from=1000&to=5000', { from: 1000, to: 5000, name: null }],
])('reads the address %j', (search, range) => {
  expect(rangeIn(search)).toEqual(range);
});

it.each(['?range=2h', '?from=5000&to=1000', '?from=1&to=2', '?from=x&to=y', '?from=1000', '?from=1&to=1e300'])(
  'shows the last hour where the address says %j',
  (search) => {
    expect(rangeIn(search)).toMatchObject({ name: '1h' });
  },
);

it('has every span it makes in an address that it reads', () => {
  const range = rangeIn('?from=10000&to=20000');
  expect(rangeIn(spanSearch(10_000, 10_001))).toEqual({ from: 9971, to: 10_031, name: null });
  expect(rangeIn(moves.earlier(range))).toMatchObject({ from: 5000, to: 15_000 });
  expect(rangeIn(moves.later(range))).toMatchObject({ from: 15_000, to: 25_000 });
  expect(rangeIn(moves.wider(range))).toMatchObject({ from: 5000, to: 25_000 });
});

it('knows the next shorter range with the same end', () => {
  expect(shorterThan(rangeIn('?range=400d'), NOW)).toEqual({ from: at - 90 * 86_400, to: at, name: '90d' });
  expect(shorterThan(rangeIn('?range=15m'), NOW)).toBeUndefined();
  expect(shorterThan({ from: 1000, to: 10_000, name: null }, NOW)).toEqual({ from: 6400, to: 10_000, name: null });
});
