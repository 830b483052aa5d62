import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { countedOnce, networkRates, parseNetDev } from './network';
import type { Worth } from './interfaces';

const captured = readFileSync(new URL('../testdata/net-dev.debian-12', import.meta.url), 'utf8');
const counters = (received: number, sent: number) => ({ received, sent });

it('reads every interface but the loopback', () => {
  expect([...parseNetDev(captured)]).toEqual([
    ['ifb0', counters(0, 0)],
    ['ifb1', counters(0, 0)],
    ['eth0', counters(945416690, 2022209)],
  ]);
});

it('reads a counter that touches its name, as old kernels print it', () => {
  expect(parseNetDev('  eth0:123 1 0 0 0 0 0 0 456 1 0 0 0 0 0 0\n').get('eth0')).toEqual(counters(123, 456));
});

it('counts hardware, else the default routes, else everything', () => {
  const all = new Map(['eth0', 'docker0', 'veth1'].map((name) => [name, counters(1, 1)]));
  const names = (worth: Worth) => [...countedOnce(all, worth).keys()];
  expect(names({ hardware: new Set(['eth0']), defaults: ['docker0'] })).toEqual(['eth0']);
  // In a container that runs containers.
  expect(names({ hardware: new Set(), defaults: ['eth0'] })).toEqual(['eth0']);
  expect(names({ hardware: new Set(), defaults: [] })).toEqual(['eth0', 'docker0', 'veth1']);
});

it('has no rate before there are two readings', () => {
  const reading = new Map([['eth0', counters(1, 1)]]);
  expect(networkRates(null, reading, 1)).toBeNull();
  expect(networkRates(reading, null, 1)).toBeNull();
  expect(networkRates(reading, reading, 0)).toBeNull();
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
  expect(networkRates(before, after, 10)).toEqual(counters(200, 20));
});

it.each([
  ['wrapped at 32 bits', counters(4_294_967_000, 10), counters(500, 20)],
  ['restarted', counters(9000, 9000), counters(10, 10)],
])('is unknown when a counter %s, not nothing', (_, then, now) => {
  const other = counters(1000, 1000);
  expect(networkRates(new Map([['eth0', then]]), new Map([['eth0', now]]), 10)).toBeNull();
  expect(
    networkRates(
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

it('is unknown when no interface is in both readings', () => {
  expect(networkRates(new Map([['eth0', counters(1, 1)]]), new Map([['eth1', counters(9, 9)]]), 10)).toBeNull();
});
