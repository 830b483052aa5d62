import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from 'vitest';
import { registration } from '../protocol';
import { readAddresses } from './addresses';

const entry = (address: string, internal = false) => ({ address, internal } as NetworkInterfaceInfo);

it('leaves out loopback, link-local and repeated addresses, and zones', () => {
  const addresses = readAddresses({
    lo: [entry('127.0.0.1', true), entry('::1', true)],
    eth0: [entry('192.0.2.7'), entry('2001:DB8::7'), entry('fe80::1'), entry('169.254.1.1'), entry('fd00::2%eth0')],
    eth0alias: [entry('192.0.2.7')],
    gone: undefined,
  });
  expect(addresses).toEqual(['192.0.2.7', '2001:db8::7', 'fd00::2']);
});

it('never exceeds what the wire takes', () => {
  const many = Array.from({ length: 100 }, (_, i) => entry(`10.0.0.${i}`));
  expect(registration.shape.addresses.safeParse(readAddresses({ eth0: many })).success).toBe(true);
});

it('fits the wire on this machine', () => {
  expect(registration.shape.addresses.safeParse(readAddresses()).error).toBeUndefined();
});
