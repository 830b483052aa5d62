import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { osInfo } from 'systeminformation';
import { nameToAscii } from '../name-to-ascii';

const run = promisify(execFile);

/** What a machine without a usable name is called. */
const NAMELESS = 'unnamed';

/** The full name of this machine as it knows it itself, made to fit the wire. Asks the resolver at most 5 s. */
export async function readFqdn(): Promise<string> {
  const name = hostname();
  return toFqdn(name.includes('.') ? name : qualify(name, await askSystem()));
}

async function askSystem(): Promise<string> {
  if (process.platform === 'win32') return (await osInfo()).fqdn;
  // OpenBSD's and NetBSD's hostname has no -f: there the host name is the full one already.
  if (process.platform === 'openbsd' || process.platform === 'netbsd') return '';
  try {
    return (await run('hostname', ['-f'], { timeout: 5_000 })).stdout;
  } catch {
    return ''; // no such command, or a name that does not resolve: common, and the short name is an answer
  }
}

/**
 * The full name only where it is one of this host: a badly kept /etc/hosts calls every machine localhost.localdomain.
 */
export function qualify(name: string, answer: string): string {
  const full = answer.trim();
  return full.toLowerCase().startsWith(`${name.toLowerCase()}.`) ? full : name;
}

/**
 * Lower case and valid for the wire whatever the machine is called: other scripts in punycode, other characters as
 * hyphens.
 */
export function toFqdn(name: string): string {
  const labels = (nameToAscii(name.trim().replace(/\.+$/, '')) || name)
    .toLowerCase()
    .split('.')
    .map((label) =>
      label
        .replace(/[^a-z0-9_-]+/g, '-')
        .slice(0, 63)
        .replace(/^-+|-+$/g, ''),
    )
    .filter((label) => label !== '');
  // Whole labels from the front: a name cut in the middle would be another machine's.
  let fqdn = '';
  for (const label of labels) {
    const longer = fqdn ? `${fqdn}.${label}` : label;
    if (longer.length > 253) break;
    fqdn = longer;
  }
  return fqdn || NAMELESS;
}
