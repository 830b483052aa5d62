import { readFile, readlink } from 'node:fs/promises';
import { networkStats } from 'systeminformation';

/** Bytes since the interface came up. */
export interface Counters {
  received: number;
  sent: number;
}

/** By interface. Those that only carry another's traffic are left out, so that no byte counts twice. */
export async function readNetworkCounters(): Promise<Map<string, Counters>> {
  if (process.platform === 'linux') {
    const all = parseNetDev(await readFile('/proc/net/dev', 'utf8'));
    return withoutVirtual(all, await findVirtual([...all.keys()]));
  }
  const stats = await networkStats('*');
  const real = stats.filter(({ iface }) => !/^lo\d*$/.test(iface));
  return new Map(real.map(({ iface, rx_bytes, tx_bytes }) => [iface, { received: rx_bytes, sent: tx_bytes }]));
}

/** /proc/net/dev (proc(5)), without the loopback interface. */
export function parseNetDev(text: string): Map<string, Counters> {
  const counters = new Map<string, Counters>();
  for (const line of text.split('\n')) {
    const [, name, fields] = /^\s*([^:\s]+):\s*(.+)$/.exec(line) ?? [];
    const numbers = fields?.split(/\s+/).map(Number) ?? [];
    const [received, sent] = [numbers[0], numbers[8]];
    if (name && name !== 'lo' && Number.isFinite(received) && Number.isFinite(sent)) {
      counters.set(name, { received: received!, sent: sent! });
    }
  }
  return counters;
}

/** Bridges, VLANs, bonds and tunnels pass on what hardware carries. A container has no hardware; there all count. */
export function withoutVirtual(all: Map<string, Counters>, virtual: ReadonlySet<string>): Map<string, Counters> {
  const hardware = new Map([...all].filter(([name]) => !virtual.has(name)));
  return hardware.size > 0 ? hardware : all;
}

async function findVirtual(names: string[]): Promise<Set<string>> {
  const places = await Promise.all(names.map((name) => readlink(`/sys/class/net/${name}`).catch(() => '')));
  return new Set(names.filter((_, index) => places[index]!.includes('/devices/virtual/')));
}

/** Bytes a second between two readings, over the interfaces that are in both. Null when there is nothing to compare. */
export function networkRates(
  before: Map<string, Counters> | null,
  after: Map<string, Counters> | null,
  seconds: number,
): { received: number; sent: number } | null {
  if (!before || !after || seconds <= 0) return null;
  let received = 0;
  let sent = 0;
  for (const [name, now] of after) {
    const then = before.get(name);
    // An interface that went down and up counts from zero again; what it carried meanwhile is unknown, not negative.
    if (!then || now.received < then.received || now.sent < then.sent) continue;
    received += now.received - then.received;
    sent += now.sent - then.sent;
  }
  return { received: received / seconds, sent: sent / seconds };
}
