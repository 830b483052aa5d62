import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** One address of this machine and how all machines beside it are reached from there. */
export interface Neighbourhood {
  interfaceName: string;
  family: 'IPv4' | 'IPv6';
  /** Ours; one of IPv6 is link-local and has no zone. */
  address: string;
  netmask: string;
  isLoopback: boolean;
}

/** `loopback`, `all`, or the names of interfaces. */
export type Choice = readonly string[];

/**
 * Where a machine looks for servers: on loopback always, elsewhere as somebody has said. Who tries the agent out speaks
 * to no network; a service manager has put it where it is to work.
 */
export const chooseInterfaces = (said: Choice | undefined, isService: boolean): string[] => [
  ...new Set(['loopback', ...(said ?? (isService ? ['all'] : []))]),
];

type Interfaces = ReturnType<typeof networkInterfaces>;

/**
 * The neighbourhoods of the chosen interfaces: each IPv4 subnet, and each IPv6 link by its link-local address, which
 * every interface with IPv6 has (RFC 4291, 2.1). Of loopback its first addresses of both kinds.
 */
export function findNeighbourhoods(choice: Choice, interfaces: Interfaces = networkInterfaces()): Neighbourhood[] {
  return Object.entries(interfaces).flatMap(([interfaceName, entries = []]) =>
    entries
      .filter(({ internal }) => choice.includes('all') || choice.includes(internal ? 'loopback' : interfaceName))
      .filter(({ family, address, internal }) => family === 'IPv4' || internal || address.startsWith('fe80:'))
      // One machine at the other end of a tunnel is no neighbourhood.
      .filter(({ family, netmask, internal }) => internal || family === 'IPv6' || !/\.25[45]$/.test(netmask))
      .filter(
        (entry, index, all) => all.findIndex(({ family }) => family === entry.family) === index || !entry.internal,
      )
      .map(({ family, address, netmask, internal }) => ({
        interfaceName,
        family,
        address: address.replace(/%.*$/, ''),
        netmask,
        isLoopback: internal,
      })),
  );
}

/** Where a packet goes that all neighbours are to get. Loopback has one. */
export function everybodyIn(
  { family, address, netmask, isLoopback, interfaceName }: Neighbourhood,
  group: string,
): string {
  if (isLoopback) return address;
  if (family === 'IPv6') return `${group}%${interfaceName}`;
  const mask = toNumber(netmask);
  return toText((toNumber(address) & mask) | (~mask >>> 0));
}

/** Whether a packet from there can be of a neighbour. */
export function isNeighbour(
  source: string,
  { family, address, netmask, isLoopback, interfaceName }: Neighbourhood,
): boolean {
  if (family === 'IPv6')
    return isLoopback ? source === address : source.startsWith('fe80:') && source.endsWith(`%${interfaceName}`);
  if (!isIPv4(source)) return false;
  const mask = toNumber(netmask);
  return (toNumber(source) & mask) >>> 0 === (toNumber(address) & mask) >>> 0;
}

const toNumber = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
const toText = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
