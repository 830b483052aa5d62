import { readFile } from 'node:fs/promises';
import { networkStats } from 'systeminformation';
import { judgeInterfaces, type Worth } from './interfaces';

/** Bytes since the interface came up. */
export interface Counters {
  received: number;
  sent: number;
}

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

/**
 * Bytes a second between two readings, over the interfaces that are in both. Null when there is nothing to compare, and
 * when a counter went back: it wrapped, or the interface went down and up, and nobody knows what it carried meanwhile.
 */
export function networkRates(
  before: Map<string, Counters> | null,
  after: Map<string, Counters> | null,
  seconds: number,
): { received: number; sent: number } | null {
  if (!before || !after || seconds <= 0) return null;
  const spans = [...after].flatMap(([name, now]) => {
    const then = before.get(name);
    return then ? [{ received: now.received - then.received, sent: now.sent - then.sent }] : [];
  });
  if (spans.length === 0 || spans.some(({ received, sent }) => received < 0 || sent < 0)) return null;
  const sum = (of: keyof Counters) => spans.reduce((total, span) => total + span[of], 0);
  return { received: sum('received') / seconds, sent: sum('sent') / seconds };
}
