import { isDeepStrictEqual } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createEventBus, EVERY, type Plain } from './events';

test('whoever listens hears, in order, until they stop', () => {
  const events = createEventBus();
  const heard: string[] = [];
  const stop = events.listen('host.changed', EVERY, ({ hostId }) => heard.push(`one ${hostId}`));
  events.listen('host.changed', EVERY, ({ hostId }) => heard.push(`other ${hostId}`));
  events.listen('host.deleted', EVERY, () => heard.push('deleted'));

  events.emit('host.changed', { hostId: 'a' });
  stop();
  stop();
  events.emit('host.changed', { hostId: 'b' });

  expect(heard).toEqual(['one a', 'other a', 'other b']);
});

test('a listener may stop itself, and others, while it is told', () => {
  const events = createEventBus();
  const heard: string[] = [];
  const stops = ['one', 'other'].map((name) =>
    events.listen('host.changed', EVERY, () => {
      heard.push(name);
      for (const stop of stops) stop();
    }),
  );
  events.emit('host.changed', { hostId: 'a' });
  events.emit('host.changed', { hostId: 'b' });
  expect(heard).toEqual(['one', 'other']);
});

test('the same function may listen twice, and stops one at a time, however often', () => {
  const events = createEventBus();
  let heard = 0;
  const listener = () => void heard++;
  const stops = [events.listen('host.changed', EVERY, listener), events.listen('host.changed', EVERY, listener)];
  events.emit('host.changed', { hostId: 'a' });
  stops[0]!();
  stops[0]!();
  events.emit('host.changed', { hostId: 'a' });
  expect(heard).toBe(3);
});

test('who listens to a key hears of that alone, whatever the key is', () => {
  const events = createEventBus();
  const heard: string[] = [];
  const stop = events.listen('host.changed', 'a', ({ hostId }) => heard.push(hostId));
  events.listen('host.changed', '*', ({ hostId }) => heard.push(`* ${hostId}`));
  events.listen('host.deleted', 'a', () => heard.push('deleted'));
  for (const hostId of ['a', 'b', 'a']) events.emit('host.changed', { hostId });
  stop();
  events.emit('host.changed', { hostId: 'a' });
  expect(heard).toEqual(['a', 'a']);
});

test('to tell N agents costs N calls: none hears what another is told', () => {
  const events = createEventBus();
  const hostIds = Array.from({ length: 3000 }, (_, i) => `host ${i}`);
  let calls = 0;
  for (const hostId of hostIds) events.listen('inbox.changed', hostId, () => void calls++);
  for (const hostId of hostIds) events.emit('inbox.changed', { hostId, kind: 'renew' });
  expect(calls).toBe(hostIds.length);
});

test('only what another process would read as it was said is plain', () => {
  const plain: Plain[] = [{ hostId: 'a', sample: { at: '2026-11-30T00:00:00.000Z', load1: null, disks: [1] } }];
  // @ts-expect-error a Date would arrive as text
  plain.push({ at: new Date() });
  // @ts-expect-error a Map would arrive empty
  plain.push({ hosts: new Map([['a', 1]]) });
  // @ts-expect-error a Set would arrive empty
  plain.push({ hostIds: new Set(['a']) });
  // @ts-expect-error a class would arrive without its methods
  plain.push({ signal: new AbortController().signal });
  // @ts-expect-error a function would not arrive
  plain.push({ wake: () => {} });
  expect(plain.map((event) => isDeepStrictEqual(JSON.parse(JSON.stringify(event)), event))).toEqual([
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
});

test('thousands may listen without a warning', async () => {
  const events = createEventBus();
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  for (let i = 0; i < 5000; i++) events.listen('host.sampled', 'a', () => {});
  await new Promise(setImmediate); // Node tells of warnings in a later turn
  expect(warnings).toEqual([]);
});
