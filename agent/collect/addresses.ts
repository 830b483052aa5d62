import { networkInterfaces } from 'node:os';
import { z } from 'zod';

const MOST = 64;
const wireAddress = z.union([z.ipv4(), z.ipv6()]);

/**
 * The addresses under which other machines may reach this one: no loopback and no link-local ones (RFC 3927, RFC
 * 4291), without zones.
 */
export function readAddresses(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): string[] {
  const addresses = Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address.replace(/%.*$/, '').toLowerCase())
    .filter((address) => !isLinkLocal(address) && wireAddress.safeParse(address).success);
  return [...new Set(addresses)].slice(0, MOST);
}

function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/.test(address);
}
