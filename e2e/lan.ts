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
  return {
    join(...addresses) {
      const name = add(`${prefix}-${made.length}`);
      const port = `p${made.length}`;
      run('ip', '-n', bridge, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
      run('ip', '-n', bridge, 'link', 'set', port, 'master', 'br0', 'up');
      // Else a link-local address is of no use for a second: nobody else is here who might have it.
      run('ip', 'netns', 'exec', name, 'sysctl', '-qw', 'net.ipv6.conf.eth0.accept_dad=0');
      for (const address of addresses) {
        run(
          'ip',
          '-n',
          name,
          'addr',
          'add',
          address,
          'dev',
          'eth0',
          ...(address.includes(':') ? ['nodad'] : ['brd', '+']),
        );
      }
      run('ip', '-n', name, 'link', 'set', 'eth0', 'up');
      return name;
    },
    close() {
      for (const name of made.reverse()) run('ip', 'netns', 'del', name);
    },
  };
}
