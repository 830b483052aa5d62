import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { networkRates, parseNetDev, withoutVirtual } from './network';

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

it('counts hardware only, and everything where there is none', () => {
  const all = new Map([
    ['eth0', counters(1, 1)],
    ['docker0', counters(2, 2)],
  ]);
  expect([...withoutVirtual(all, new Set(['docker0'])).keys()]).toEqual(['eth0']);
  expect([...withoutVirtual(all, new Set(['docker0', 'eth0'])).keys()]).toEqual(['eth0', 'docker0']);
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
    ['eth1', counters(9000, 9000)],
    ['usb0', counters(5, 5)],
  ]);
  const after = new Map([
    ['eth0', counters(3000, 700)],
    ['eth1', counters(10, 10)],
    ['wlan0', counters(7777, 7777)],
  ]);
  expect(networkRates(before, after, 10)).toEqual(counters(200, 20));
});
