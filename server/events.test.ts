import { expect, onTestFinished, test } from 'vitest';
import { createEventBus } from './events';

test('whoever listens hears, in order, until they stop', () => {
  const events = createEventBus();
  const heard: string[] = [];
  const stop = events.listen('host.changed', ({ hostId }) => heard.push(`one ${hostId}`));
  events.listen('host.changed', ({ hostId }) => heard.push(`other ${hostId}`));
  events.listen('host.deleted', () => heard.push('deleted'));

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
    events.listen('host.changed', () => {
      heard.push(name);
      for (const stop of stops) stop();
    }),
  );
  events.emit('host.changed', { hostId: 'a' });
  events.emit('host.changed', { hostId: 'b' });
  expect(heard).toEqual(['one', 'other']);
});

test('the same function may listen twice, and stops one at a time', () => {
  const events = createEventBus();
  let heard = 0;
  const listener = () => void heard++;
  const stops = [events.listen('host.changed', listener), events.listen('host.changed', listener)];
  events.emit('host.changed', { hostId: 'a' });
  stops[0]!();
  events.emit('host.changed', { hostId: 'a' });
  expect(heard).toBe(3);
});

test('thousands may listen without a warning', async () => {
  const events = createEventBus();
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  for (let i = 0; i < 5000; i++) events.listen('host.sampled', () => {});
  await new Promise(setImmediate); // Node tells of warnings in a later turn
  expect(warnings).toEqual([]);
});
