import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import { judgeInterfaces, type Worth } from './interfaces';

const MOST = 64;
const wireAddress = z.union([z.ipv4(), z.ipv6()]);

type Interfaces = ReturnType<typeof networkInterfaces>;

/** What `rankAddresses` says of this machine as it is now. */
export async function readAddresses(): Promise<string[]> {
  const interfaces = networkInterfaces();
  return rankAddresses(interfaces, await judgeInterfaces(Object.keys(interfaces)));
}

/**
 * The addresses under which other machines may reach this one: no loopback and no link-local ones (RFC 3927, RFC
 * 4291), without zones. Those of the default routes first, then those of hardware: the bridges of containers may have
 * more than the wire takes.
 */
export function rankAddresses(interfaces: Interfaces, { defaults, hardware }: Worth): string[] {
  const rank = (name: string) => (defaults.includes(name) ? defaults.indexOf(name) - 2 : hardware?.has(name) ? 0 : 1);
  const addresses = Object.keys(interfaces)
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .flatMap((name) => interfaces[name] ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address.replace(/%.*$/, '').toLowerCase())
    .filter((address) => !isLinkLocal(address) && wireAddress.safeParse(address).success);
  return [...new Set(addresses)].slice(0, MOST);
}

function isLinkLocal(address: string): boolean {
  return address.startsWith('169.254.') || /^fe[89ab][0-9a-f]:/.test(address);
}
