import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readlink } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { basename } from 'node:path';

/** What an interface is worth to somebody who looks for the machine, or for what it sends and receives. */
export interface Worth {
  /** Those by which the default routes lead, IPv4's first. */
  defaults: string[];
  /**
   * Those of hardware; null where the platform does not tell. Of a pair in which one carries the other's bytes, the
   * upper.
   */
  hardware: ReadonlySet<string> | null;
}

/** Of the blocks for documentation (RFC 5737, RFC 3849), which only a default route leads to. Nothing is sent there. */
const ELSEWHERE = { udp4: '192.0.2.1', udp6: '2001:db8::1' } as const;

/** @param names of all interfaces */
export async function judgeInterfaces(names: readonly string[]): Promise<Worth> {
  const sources = await Promise.all([sourceAddress('udp4'), sourceAddress('udp6')]);
  const all = Object.entries(networkInterfaces());
  const defaults = sources.flatMap((source) => {
    const found = all.find(([, entries]) => entries?.some(({ address, internal }) => !internal && address === source));
    return found ? [found[0]] : [];
  });
  return {
    defaults: [...new Set(defaults)],
    hardware: process.platform === 'linux' ? await findHardware(names) : null,
  };
}

/**
 * The address that this machine would use towards the world; null without a route there. Costs no packet: UDP only
 * notes its peer.
 */
async function sourceAddress(kind: keyof typeof ELSEWHERE): Promise<string | null> {
  const socket = createSocket(kind);
  try {
    socket.connect(9, ELSEWHERE[kind]);
    await once(socket, 'connect');
    return socket.address().address.replace(/%.*$/, '');
  } catch {
    return null; // no route, or no such protocol
  } finally {
    socket.close();
  }
}

/** Bridges, VLANs, bonds, tunnels and the ends in containers have a place among the virtual devices in sysfs. */
async function findHardware(names: readonly string[]): Promise<Set<string>> {
  const links = await Promise.all(
    names.map(async (name) => {
      const [place, upper] = await Promise.all(
        [`/sys/class/net/${name}`, `/sys/class/net/${name}/master`].map((path) => readlink(path).catch(() => '')),
      );
      return { name, place: place!, upper: basename(upper!) };
    }),
  );
  return chooseHardware(links);
}

/** @param links where sysfs has each interface, and the one that it was made a part of, or '' */
export function chooseHardware(links: readonly { name: string; place: string; upper: string }[]): Set<string> {
  const hardware = new Set(
    links.filter(({ place }) => place !== '' && !place.includes('/virtual/')).map(({ name }) => name),
  );
  // As on Hyper-V, where a card of its own carries the bytes of the synthetic one above it.
  const carried = links.filter(({ name, upper }) => hardware.has(name) && hardware.has(upper));
  for (const { name } of carried) hardware.delete(name);
  return hardware;
}
