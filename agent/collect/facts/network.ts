import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { Facts } from '../../protocol';
import { judgeInterfaces } from '../interfaces';
import { isAbsent } from './run-command';

/** Interfaces of hardware and of default routes, with their addresses, and the name servers. */
export async function readNetwork(): Promise<Facts> {
  const all = networkInterfaces();
  const { hardware, defaults } = await judgeInterfaces(Object.keys(all));
  // Those of containers come and go with them.
  const shown = Object.entries(all).filter(([name]) => !hardware || hardware.has(name) || defaults.includes(name));
  const facts: Facts = { 'default.interfaces': defaults.join(', ') };
  for (const [name, entries = []] of shown) {
    const addresses = entries.filter(({ internal }) => !internal).map(({ cidr, address }) => cidr ?? address);
    if (addresses.length === 0) continue;
    facts[`${name}.mac`] = entries[0]!.mac;
    facts[`${name}.ipv4`] = addresses.filter((one) => !one.includes(':')).join(', ');
    facts[`${name}.ipv6`] = networksOf(addresses.filter((one) => one.includes(':'))).join(', ');
  }
  if (process.platform !== 'win32') facts['dns.servers'] = parseResolvConf(await readResolvConf()).join(', ');
  return facts;
}

/** The networks of IPv6 addresses, as /64: the rest may be another one each day (RFC 8981). */
export function networksOf(addresses: readonly string[]): string[] {
  const networks = addresses.map((address) => {
    const [left = '', right = ''] = address.replace(/[/%].*$/, '').split('::');
    const [head, tail] = [left.split(':').filter(Boolean), right.split(':').filter(Boolean)];
    const groups = [...head, ...Array<string>(Math.max(8 - head.length - tail.length, 0)).fill('0'), ...tail];
    return `${groups.slice(0, 4).join(':')}::/64`;
  });
  return [...new Set(networks)].sort();
}

/** resolv.conf(5) */
export const parseResolvConf = (text: string): string[] =>
  text.split('\n').flatMap((line) => /^nameserver\s+(\S+)/.exec(line.trim())?.[1] ?? []);

async function readResolvConf(): Promise<string> {
  try {
    return await readFile('/etc/resolv.conf', 'utf8');
  } catch (error) {
    if (isAbsent(error)) return '';
    throw error;
  }
}
