import { isIPv6 } from 'node:net';
import type { Config } from '../config';

/** Where the pages are, for a browser on this host. */
export const webUrl = ({ tls, frontend_host }: Pick<Config, 'tls' | 'frontend_host'>, port: number): string =>
  `${tls.cert ? 'https' : 'http'}://${reachable(frontend_host)}:${port}`;

/** What to write in an address for a listener on this host: `localhost` wherever that reaches it. */
export function reachable(host: string | undefined): string {
  if (!host || ['::', '0.0.0.0', '127.0.0.1', '::1'].includes(host)) return 'localhost';
  return isIPv6(host) ? `[${host}]` : host;
}
