import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { callAt } from './call-at';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DAY_MS = 24 * 60 * 60 * 1000;

test('a hundred days away: then, and not before', async () => {
  const act = vi.fn();
  callAt(new Date(Date.now() + 100 * DAY_MS), act);
  await vi.advanceTimersByTimeAsync(100 * DAY_MS - 1);
  expect(act).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(10);
  expect(act).toHaveBeenCalledOnce();
});

test('never, once it was stopped, also on the way', async () => {
  const act = vi.fn();
  const stop = callAt(new Date(Date.now() + 100 * DAY_MS), act);
  await vi.advanceTimersByTimeAsync(50 * DAY_MS);
  stop();
  await vi.advanceTimersByTimeAsync(100 * DAY_MS);
  expect(act).not.toHaveBeenCalled();
});

test('a moment that has passed is now', async () => {
  const act = vi.fn();
  callAt(new Date(0), act);
  await vi.advanceTimersByTimeAsync(1);
  expect(act).toHaveBeenCalledOnce();
});
