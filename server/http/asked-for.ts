import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { createProxyCheck, peerAddress } from './client-address';

/** What the browser asked for, in lower case. `scheme` is that of the page, also where a WebSocket is opened. */
export interface Asked {
  scheme: 'http' | 'https';
  /** With the port, where the browser named one; undefined where nobody named a host. */
  host: string | undefined;
  /** Whether a trusted proxy passed it on. */
  isForwarded: boolean;
}

export type AskedFor = (request: IncomingMessage) => Asked;

/**
 * Finds what the browser asked for. A proxy that ends TLS calls us by another name and over plain HTTP; what it says of
 * the name and the scheme that the browser used is believed from `trusted_proxies` alone.
 * @param trusted addresses and CIDR blocks of proxies
 */
export function createAskedFor(trusted: readonly string[]): AskedFor {
  const isProxy = createProxyCheck(trusted);
  return (request) => {
    const isForwarded = isProxy(peerAddress(request));
    // Some name the scheme of a WebSocket by itself, as Traefik does.
    const said = isForwarded ? lastOf(request, 'x-forwarded-proto')?.replace(/^ws/, 'http') : undefined;
    const own = isEncrypted(request) ? 'https' : 'http';
    const host = (isForwarded ? lastOf(request, 'x-forwarded-host') : undefined) ?? request.headers.host?.toLowerCase();
    return { scheme: said === 'http' || said === 'https' ? said : own, host, isForwarded };
  };
}

/** Whether TLS ends here, and not at a proxy. */
export const isEncrypted = ({ socket }: IncomingMessage) => Boolean((socket as TLSSocket).encrypted);

/** What the nearest proxy wrote: whatever stands further in front may be invented. */
function lastOf({ headers }: IncomingMessage, name: 'x-forwarded-proto' | 'x-forwarded-host'): string | undefined {
  return [headers[name] ?? []].flat().join().split(',').at(-1)?.trim().toLowerCase() || undefined;
}
