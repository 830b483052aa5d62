import { expect, it } from 'vitest';
import { ratesOf } from './rates';

const counters = (received: number, sent: number) => ({ received, sent });

it('has no rate before there are two readings', () => {
  const reading = new Map([['eth0', counters(1, 1)]]);
  expect(ratesOf(null, reading, 1)).toBeNull();
  expect(ratesOf(reading, null, 1)).toBeNull();
  expect(ratesOf(reading, reading, 0)).toBeNull();
});

it('adds up what both readings know, a second', () => {
  const before = new Map([
    ['eth0', counters(1000, 500)],
    ['usb0', counters(5, 5)],
  ]);
  const after = new Map([
    ['eth0', counters(3000, 700)],
    ['wlan0', counters(7777, 7777)],
  ]);
  expect(ratesOf(before, after, 10)).toEqual(counters(200, 20));
});

it.each([
  ['wrapped at 32 bits', counters(4_294_967_000, 10), counters(500, 20)],
  ['restarted', counters(9000, 9000), counters(10, 10)],
])('is unknown when a counter %s, not nothing', (_, then, now) => {
  const other = counters(1000, 1000);
  expect(ratesOf(new Map([['eth0', then]]), new Map([['eth0', now]]), 10)).toBeNull();
  expect(
    ratesOf(
      new Map([
        ['eth0', then],
        ['eth1', other],
      ]),
      new Map([
        ['eth0', now],
        ['eth1', other],
      ]),
      10,
    ),
  ).toBeNull();
});

it('is unknown when nothing is in both readings', () => {
  expect(ratesOf(new Map([['eth0', counters(1, 1)]]), new Map([['eth1', counters(9, 9)]]), 10)).toBeNull();
});
