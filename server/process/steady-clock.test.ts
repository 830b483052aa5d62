import { expect, test } from 'vitest';
import { createSteadyClock } from './steady-clock';

const MINUTE = 60_000;

function start() {
  const at = { now: Date.UTC(2026, 10, 1), ran: 0 };
  const isSteady = createSteadyClock({ now: () => at.now, ran: () => at.ran });
  return {
    /** After so many minutes, of which the clock counts more when it is set ahead. */
    after(minutes: number, setAhead = 0) {
      at.now += (minutes + setAhead) * MINUTE;
      at.ran += minutes * MINUTE;
      return isSteady();
    },
  };
}

test('a clock that is ahead for a minute is not believed until it has run ten minutes without a leap', () => {
  const { after } = start();
  expect([after(0), after(1), after(60)]).toEqual([true, true, true]);
  expect(after(1, 30 * 24 * 60)).toBe(false);
  expect(after(1, -30 * 24 * 60)).toBe(false);
  expect(after(8)).toBe(false);
  expect(after(1)).toBe(true);
});

test('one that was set right, or whose machine slept, is believed a while later', () => {
  const { after } = start();
  after(0);
  expect([after(1, 8 * 60), after(5), after(5)]).toEqual([false, false, true]);
  expect(after(60)).toBe(true);
});

test('what a clock is corrected by in passing, and back, is no leap', () => {
  const { after } = start();
  expect([after(0), after(1, 5), after(1, -600), after(1, 9)]).toEqual([true, true, true, true]);
});
