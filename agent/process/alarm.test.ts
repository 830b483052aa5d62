import { expect, it } from 'vitest';
import { Alarm } from './alarm';

const FOREVER_MS = 1_000_000;
const never = new AbortController().signal;

it('ends a wait when it rings', async () => {
  const alarm = new Alarm();
  const waiting = alarm.wait(FOREVER_MS, never);
  alarm.ring();
  await waiting;
});

it('keeps one ring for the next wait, and only one', async () => {
  const alarm = new Alarm();
  alarm.ring();
  alarm.ring();
  await alarm.wait(FOREVER_MS, never);
  let isOver = false;
  const second = alarm.wait(FOREVER_MS, never).then(() => (isOver = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  alarm.ring();
  await second;
});

it('ends with the signal, also with one that aborted before', async () => {
  const alarm = new Alarm();
  const stop = new AbortController();
  const waiting = alarm.wait(FOREVER_MS, stop.signal);
  stop.abort();
  await waiting;
  await alarm.wait(FOREVER_MS, stop.signal);
});
