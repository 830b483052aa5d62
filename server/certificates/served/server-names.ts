import { hostname, networkInterfaces } from 'node:os';
import { alternativeName } from '../der/alternative-name';

/** Every name and address the server's certificate is for: the machine's own, and those the configuration adds. */
export function serverNames(configured: string[]): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    // An address with a zone, and a link-local one without it, means nothing to another machine.
    .filter(({ address, scopeid }) => !scopeid && !address.startsWith('fe80:'))
    .map(({ address }) => address);
  // A machine may call itself anything; that must not keep the server from starting. A configured mistake must.
  const own = ['localhost', '127.0.0.1', '::1', hostname().toLowerCase(), ...addresses].filter(alternativeName);
  return [...new Set([...own, ...configured])];
}
