import { expect, test } from 'vitest';
import { createMeter, createMeters } from './meter';

test('so many at once, and another when one has ended', () => {
  const meter = createMeter({ atOnce: { calls: 2 }, rates: {} });
  expect([1, 2, 3].map(() => meter.begin('calls'))).toEqual([null, null, 'calls']);
  meter.end('calls');
  expect([meter.begin('calls'), meter.begin('calls'), meter.begin('sockets')]).toEqual([null, 'calls', null]);
});

test('a burst, and then so many a second, of each name apart; names without a rate share one', () => {
  let now = 0;
  const rates = { hello: { burst: 2, perSecond: 0.5 }, other: { burst: 1, perSecond: 1 } };
  const meter = createMeter({ atOnce: {}, rates }, () => now);
  expect(['hello', 'hello', 'hello', 'x', 'y'].map((name) => meter.take(name))).toEqual([
    true,
    true,
    false,
    true,
    false,
  ]);
  now = 1999;
  expect(meter.take('hello')).toBe(false);
  now = 2001;
  expect([meter.take('hello'), meter.take('hello')]).toEqual([true, false]);
  now = 1_000_000;
  expect([1, 2, 3].map(() => meter.begin('calls', 'hello'))).toEqual([null, null, 'hello']);
  expect(['x', 'y'].map((name) => meter.begin('calls', name))).toEqual([null, 'other']);
});

test('what was drained comes in again at its rate, and nothing else is touched', () => {
  let now = 0;
  const rate = { burst: 10, perSecond: 1 };
  const meter = createMeter({ atOnce: {}, rates: { calls: rate, sockets: rate } }, () => now);
  meter.drain('calls');
  meter.drain('x');
  expect([meter.take('calls'), meter.take('sockets')]).toEqual([false, true]);
  now = 1000;
  expect([meter.take('calls'), meter.take('calls')]).toEqual([true, false]);
});

test('whoever comes back finds what was used up, until it has been gone for long', () => {
  let now = 0;
  const meterOf = createMeters({ atOnce: {}, rates: { sockets: { burst: 1, perSecond: 0 } } }, () => now);
  expect(meterOf('a').begin('sockets')).toBe(null);
  now = 3_600_000;
  expect(meterOf('a').begin('sockets')).toBe('sockets'); // open all the while
  meterOf('a').end('sockets');
  now += 60_000;
  expect([meterOf('a').begin('sockets'), meterOf('b').begin('sockets')]).toEqual(['sockets', null]);
  now += 700_000;
  expect(meterOf('a').begin('sockets')).toBe(null);
});
