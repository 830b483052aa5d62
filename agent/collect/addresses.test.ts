import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from 'vitest';
import { registration } from '../protocol';
import { rankAddresses, readAddresses } from './addresses';

const unranked = { defaults: [], hardware: null };
const entry = (address: string, internal = false) => ({ address, internal }) as NetworkInterfaceInfo;

it('leaves out loopback, link-local and repeated addresses, and zones', () => {
  const interfaces = {
    lo: [entry('127.0.0.1', true), entry('::1', true)],
    eth0: [entry('192.0.2.7'), entry('2001:DB8::7'), entry('fe80::1'), entry('169.254.1.1'), entry('fd00::2%eth0')],
    eth0alias: [entry('192.0.2.7')],
    gone: undefined,
  };
  expect(rankAddresses(interfaces, unranked)).toEqual(['192.0.2.7', '2001:db8::7', 'fd00::2']);
});

it('never exceeds what the wire takes', () => {
  const many = Array.from({ length: 100 }, (_, i) => entry(`10.0.0.${i}`));
  expect(registration.shape.addresses.safeParse(rankAddresses({ eth0: many }, unranked)).success).toBe(true);
});

it('has the address of the default route first, then those of hardware, behind forty bridges', () => {
  const bridges = Array.from(
    { length: 40 },
    (_, i) => [`br-${i}`, [entry(`172.16.${i}.1`), entry(`fd00:${i}::1`)]] as const,
  );
  const interfaces = {
    ...Object.fromEntries(bridges),
    eth1: [entry('198.51.100.7')],
    wlan0: [entry('192.0.2.7'), entry('2001:db8::7')],
  };
  const found = rankAddresses(interfaces, { defaults: ['wlan0'], hardware: new Set(['eth1', 'wlan0']) });
  expect(found.slice(0, 4)).toEqual(['192.0.2.7', '2001:db8::7', '198.51.100.7', '172.16.0.1']);
  expect(found).toHaveLength(64);
});

it('is in one order, whichever interface the system names first', () => {
  const [a, b] = [[entry('10.0.0.1')], [entry('10.0.0.2')]];
  expect(rankAddresses({ a, b }, unranked)).toEqual(rankAddresses({ b, a }, unranked));
});

it('fits the wire on this machine', async () => {
  expect(registration.shape.addresses.safeParse(await readAddresses()).error).toBeUndefined();
});
