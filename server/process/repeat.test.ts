import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { repeat } from './repeat';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Runs that are under way until somebody ends them. */
function runs() {
  const open: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const run = () => new Promise<void>((resolve, reject) => void open.push({ resolve, reject }));
  return { open, run };
}

test('one after the other, however long each takes, and on after what failed', async () => {
  const failures: unknown[] = [];
  const { open, run } = runs();
  repeat(run, { everyMs: 1000, onFailure: (error) => failures.push(error) });
  await vi.advanceTimersByTimeAsync(5000);
  expect(open).toHaveLength(1);
  open[0]!.reject(new Error('once'));
  await vi.advanceTimersByTimeAsync(1000);
  expect(open).toHaveLength(2);
  expect(failures).toEqual([new Error('once')]);
});

test('it is over when the last one is', async () => {
  const { open, run } = runs();
  const repeating = repeat(run, { everyMs: 1000, isAtOnce: false, onFailure: () => undefined });
  expect(open).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1000);
  let isOver = false;
  const stopped = repeating.stop().then(() => (isOver = true));
  await vi.advanceTimersByTimeAsync(5000);
  expect([open.length, isOver]).toEqual([1, false]);
  open[0]!.resolve();
  await stopped;
});

test('the first one may be sooner than a while, and is none when it was stopped before', async () => {
  const { open, run } = runs();
  const how = { everyMs: 1000, firstAfterMs: 100, onFailure: () => undefined };
  await repeat(run, how).stop();
  repeat(run, how);
  await vi.advanceTimersByTimeAsync(99);
  expect(open).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(open).toHaveLength(1);
  open[0]!.resolve();
  await vi.advanceTimersByTimeAsync(900);
  expect(open).toHaveLength(2);
});
