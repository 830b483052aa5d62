import { expect, it } from 'vitest';
import { createRateWindow } from './rate-window';

it('gives each so much a second, all together so much, and forgets at the next second', () => {
  let now = 5_000;
  const rate = createRateWindow({ each: 2, all: 5 }, () => now);
  const take = (...addresses: string[]) => addresses.map((address) => rate.take(address));
  expect(take('a', 'a', 'a', 'b', 'c', 'd', 'e')).toEqual([true, true, false, true, true, true, false]);
  now = 5_999;
  expect(take('f')).toEqual([false]);
  now = 6_000;
  expect(take('a', 'f')).toEqual([true, true]);
});

it('does not grow with forged addresses', () => {
  const rate = createRateWindow({ each: 1, all: 1_000_000 }, () => 0);
  const taken = Array.from({ length: 20_000 }, (_, i) => rate.take(`198.51.100.${i}`)).filter(Boolean);
  expect(taken).toHaveLength(5_000);
});
