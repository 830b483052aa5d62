import { expect, it } from 'vitest';
import { correctTime, type MachineClock } from './correct-time';

const clock = (): MachineClock => ({ clockOffsetMs: null });

it('is when it arrived, as far as nothing else is known', () => {
  expect(correctTime(clock(), 1_000, 90_000_000)).toBe(90_000_000);
});

it('keeps the distances that the machine measured, however long each sample was under way', () => {
  const machine = clock();
  const day = 86_400_000;
  const arrivals = [20, 850, 10, 300].map((wayMs, i) => [i * 30_000, day + i * 30_000 + wayMs] as const);
  const times = arrivals.map(([said, received]) => correctTime(machine, said, received));
  // The third came the fastest; what came before it was dated with the fastest until then.
  expect(times.map((time) => time - day)).toEqual([20, 30_020, 60_010, 90_010]);
  for (const [i, [, received]] of arrivals.entries()) expect(times[i]).toBeLessThanOrEqual(received);
});

it('starts anew when somebody sets the clock of the machine, to either side', () => {
  const machine = clock();
  correctTime(machine, 0, 1_000_000);
  expect(correctTime(machine, 30_000 - 3_600_000, 1_030_000)).toBe(1_030_000);
  expect(correctTime(machine, 60_000 + 7_200_000, 1_060_000)).toBe(1_060_000);
});
