import { expect, test } from 'vitest';
import { testServices } from './testing';

test('in a test of ours, an event that would reach another process as something else fails the act that says it', async () => {
  const { events } = await testServices();
  events.emit('host.changed', { hostId: 'a' });
  for (const odd of [new Date(), new Set(['a']), undefined, new (class Odd {})()]) {
    expect(() => events.emit('host.changed', { hostId: 'a', odd } as never)).toThrow('not plain JSON');
  }
});
