import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { countedOnce, parseNetDev } from './network';
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
