import type { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { chooseInterfaces, everybodyIn, findNeighbourhoods, isNeighbour } from './interfaces';

const entry = (address: string, netmask: string, internal = false) => ({
  address,
  netmask,
  internal,
  family: address.includes(':') ? 'IPv6' : 'IPv4',
  mac: '00:00:00:00:00:00',
  cidr: null,
  ...(address.includes(':') && { scopeid: 0 }),
});

const machine = {
  lo: [
    entry('127.0.0.1', '255.0.0.0', true),
    entry('127.0.0.2', '255.0.0.0', true),
    entry('::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', true),
  ],
  eth0: [
    entry('192.168.7.20', '255.255.252.0'),
    entry('2001:db8::20', 'ffff:ffff:ffff:ffff::'),
    entry('fe80::20', 'ffff:ffff:ffff:ffff::'),
  ],
  eth1: [entry('203.0.113.130', '255.255.255.128')],
  tun0: [entry('10.9.0.1', '255.255.255.255'), entry('10.9.0.2', '255.255.255.254')],
} as unknown as ReturnType<typeof networkInterfaces>;

const found = (...choice: string[]) =>
  findNeighbourhoods(choice, machine).map(({ interfaceName, address }) => `${interfaceName} ${address}`);

it('finds loopback alone unless more is chosen, and no network beside it', () => {
  expect(found('loopback')).toEqual(['lo 127.0.0.1', 'lo ::1']);
  expect(found('eth1')).toEqual(['eth1 203.0.113.130']);
  expect(found('loopback', 'eth0')).toEqual(['lo 127.0.0.1', 'lo ::1', 'eth0 192.168.7.20', 'eth0 fe80::20']);
  expect(found('all')).toEqual(['lo 127.0.0.1', 'lo ::1', 'eth0 192.168.7.20', 'eth0 fe80::20', 'eth1 203.0.113.130']);
  expect(found('eth9')).toEqual([]);
});

it('looks on loopback always, and everywhere as a service for which nobody has said where', () => {
  expect(chooseInterfaces(undefined, false)).toEqual(['loopback']);
  expect(chooseInterfaces(undefined, true)).toEqual(['loopback', 'all']);
  expect(chooseInterfaces(['eth0'], true)).toEqual(['loopback', 'eth0']);
  expect(chooseInterfaces(['loopback'], true)).toEqual(['loopback']);
  expect(found(...chooseInterfaces(undefined, true))).toEqual(found('all'));
});

it('knows how all neighbours are reached, and who is one', () => {
  const [v4, v6] = findNeighbourhoods(['eth0'], machine);
  expect(everybodyIn(v4!, 'ff12::1')).toBe('192.168.7.255');
  expect(everybodyIn(v6!, 'ff12::1')).toBe('ff12::1%eth0');
  expect(
    ['192.168.4.1', '192.168.7.255', '192.168.8.1', '::1', 'fe80::1%eth0'].map((source) => isNeighbour(source, v4!)),
  ).toEqual([true, true, false, false, false]);
  expect(
    ['fe80::1%eth0', 'fe80::1%eth1', '2001:db8::1', '192.168.7.1'].map((source) => isNeighbour(source, v6!)),
  ).toEqual([true, false, false, false]);
  const [high] = findNeighbourhoods(['eth1'], machine);
  expect(everybodyIn(high!, '')).toBe('203.0.113.255');
  expect([isNeighbour('203.0.113.129', high!), isNeighbour('203.0.113.127', high!)]).toEqual([true, false]);
  const [loopback] = findNeighbourhoods(['loopback'], machine);
  expect(everybodyIn(loopback!, '')).toBe('127.0.0.1');
});
