import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fullJitter, Retry } from './backoff';
import { createLog } from '../process/log';

it('doubles its limit up to a minute', () => {
  const limits = Array.from({ length: 9 }, (_, attempt) => fullJitter(attempt, 1));
  expect(limits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

it('is never negative, never over a minute, whatever the attempt', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
      const delay = fullJitter(attempt, random);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThan(60_000);
    }),
  );
});

function quickRetry(random = 0) {
  const lines: string[] = [];
  const log = createLog('warn', (line) => lines.push(line));
  const stop = new AbortController();
  return { lines, stop, retry: new Retry({ log, signal: stop.signal, random: () => random }) };
}

it('says a reason once, and again when it changed or came back', async () => {
  const { lines, retry } = quickRetry();
  await retry.after('no answer');
  await retry.after('no answer');
  await retry.after('other');
  retry.succeeded();
  await retry.after('other');
  expect(lines.map((line) => line.split('warn  ')[1])).toEqual([
    'no answer; next try in 0.0 s\n',
    'other; next try in 0.0 s\n',
    'other; next try in 0.0 s\n',
  ]);
});

it('stops waiting at once when the agent stops', async () => {
  const { retry, stop } = quickRetry(0.9);
  const waiting = retry.within(60_000, 'server restarts');
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});
