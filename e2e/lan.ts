import { execFileSync } from 'node:child_process';
import { getuid } from 'node:process';

const run = (...command: string[]) => execFileSync(command[0]!, command.slice(1), { stdio: 'pipe' });

/** Why no network of one's own can be made here; null where it can. */
export function whyNoLan(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  if (getuid?.() !== 0) return 'network namespaces need root';
  const probe = `sysm-${process.pid}`;
  try {
    run('ip', 'netns', 'add', probe);
    run('ip', 'netns', 'del', probe);
    return null;
  } catch (error) {
    return `network namespaces cannot be made: ${(error as Error).message}`;
  }
}

export interface Lan {
  /** Adds a machine with these addresses, such as `10.99.0.1/24`, and returns its namespace. */
  join(...addresses: string[]): string;
  /** Gives a machine of another network an interface in this one, `eth1`. */
  plug(namespace: string, ...addresses: string[]): void;
  close(): void;
}

let lans = 0;

/** A network of namespaces on one bridge, which is in a namespace too: nothing of this machine's own is touched. */
export function makeLan(): Lan {
  const prefix = `sysm-${process.pid}-${++lans}`;
  const made: string[] = [];
  const add = (name: string) => {
    run('ip', 'netns', 'add', name);
    made.push(name);
    run('ip', '-n', name, 'link', 'set', 'lo', 'up');
    return name;
  };
  const bridge = add(`${prefix}-br`);
  run('ip', '-n', bridge, 'link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0');
  run('ip', '-n', bridge, 'link', 'set', 'br0', 'up');
  let ports = 0;
  function plug(name: string, device: string, addresses: string[]): void {
    const port = `p${++ports}`;
    run('ip', '-n', bridge, 'link', 'add', port, 'type', 'veth', 'peer', 'name', device, 'netns', name);
    run('ip', '-n', bridge, 'link', 'set', port, 'master', 'br0', 'up');
    // A link-local address would be of no use for a second, and nobody else is here who might have it; where no IPv6 is
    // asked for there is to be none.
    const what = addresses.some((address) => address.includes(':')) ? 'accept_dad=0' : 'disable_ipv6=1';
    run('ip', 'netns', 'exec', name, 'sysctl', '-qw', `net.ipv6.conf.${device}.${what}`);
    // Else the first address of a network takes the others with it when it goes.
    run('ip', 'netns', 'exec', name, 'sysctl', '-qw', `net.ipv4.conf.${device}.promote_secondaries=1`);
    for (const address of addresses) addAddress(name, address, device);
    run('ip', '-n', name, 'link', 'set', device, 'up');
  }
  return {
    join(...addresses) {
      const name = add(`${prefix}-${made.length}`);
      plug(name, 'eth0', addresses);
      return name;
    },
    plug: (name, ...addresses) => plug(name, 'eth1', addresses),
    close() {
      for (const name of made.reverse()) run('ip', 'netns', 'del', name);
    },
  };
}

/** @param address with the length of its prefix */
export function addAddress(namespace: string, address: string, device = 'eth0'): void {
  const how = address.includes(':') ? ['nodad'] : ['brd', '+'];
  run('ip', '-n', namespace, 'addr', 'add', address, 'dev', device, ...how);
}

export function removeAddress(namespace: string, address: string, device = 'eth0'): void {
  run('ip', '-n', namespace, 'addr', 'del', address, 'dev', device);
}

/** So many of the 2^32 numbers that the filter draws. */
const shareOf = (percent: number) => Math.round((percent / 100) * 2 ** 32);

/**
 * Loses some of what a machine sends, and delays the rest where the kernel can: `netem` where there is one, otherwise a
 * filter that draws a number for each packet and sends some of them into a cable without an end.
 * @returns which of the two
 */
export function lose(
  namespace: string,
  { percent, delayMs }: { percent: number; delayMs: number },
): 'netem' | 'filter' {
  const inside = (...command: string[]) => run('ip', 'netns', 'exec', namespace, ...command);
  try {
    const how = ['loss', `${percent}%`, 'delay', `${delayMs}ms`];
    inside('tc', 'qdisc', 'add', 'dev', 'eth0', 'root', 'netem', ...how);
    return 'netem';
  } catch {
    inside('tc', 'qdisc', 'add', 'dev', 'eth0', 'clsact');
    inside('ip', 'link', 'add', 'sink', 'type', 'veth', 'peer', 'name', 'sink-end');
    inside('ip', 'link', 'set', 'sink', 'up');
    // Classic BPF (linux/filter.h): load SKF_AD_OFF + SKF_AD_RANDOM; if greater than the share, no match; else a match.
    const draw = `4,32 0 0 ${0xfffff000 + 56},37 1 0 ${shareOf(percent)},6 0 0 ${0xffffffff},6 0 0 0`;
    const filter = [
      'protocol',
      'all',
      'bpf',
      'bytecode',
      draw,
      'action',
      'mirred',
      'egress',
      'redirect',
      'dev',
      'sink',
    ];
    inside('tc', 'filter', 'add', 'dev', 'eth0', 'egress', ...filter);
    return 'filter';
  }
}
