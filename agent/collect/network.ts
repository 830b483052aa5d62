import { readFile } from 'node:fs/promises';
import { networkStats } from 'systeminformation';
import { judgeInterfaces, type Worth } from './interfaces';

/** Bytes since the interface came up. */
type Counters = Record<'received' | 'sent', number>;

/** By interface, of those whose sum is what this machine exchanges with others: no byte counts twice. */
export async function readNetworkCounters(): Promise<Map<string, Counters>> {
  if (process.platform === 'linux') {
    const all = parseNetDev(await readFile('/proc/net/dev', 'utf8'));
    return countedOnce(all, await judgeInterfaces([...all.keys()]));
  }
  const { defaults } = await judgeInterfaces([]);
  const stats = await networkStats(defaults.length > 0 ? defaults.join(',') : '*');
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

/**
 * Bridges, VLANs, bonds, tunnels and the ends in containers pass on what hardware carries. A container has no hardware:
 * there the interfaces of the default routes count, and all where there is no such route either.
 */
export function countedOnce(all: Map<string, Counters>, { hardware, defaults }: Worth): Map<string, Counters> {
  const only = (names: ReadonlySet<string>) => new Map([...all].filter(([name]) => names.has(name)));
  return [hardware ?? new Set<string>(), new Set(defaults)].map(only).find(({ size }) => size > 0) ?? all;
}
