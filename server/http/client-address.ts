import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Who is at the other end of the socket. IPv4 peers of a dual-stack socket come as ::ffff:192.0.2.1. */
export const peerAddress = ({ socket }: Pick<IncomingMessage, 'socket'>) =>
  (socket.remoteAddress ?? '').replace(/^::ffff:/i, '');

/**
 * Finds whom a request comes from. `X-Forwarded-For` is a list that every proxy adds its own peer to, at the end, and
 * whatever stands further in front may be invented: it is read from the end, for as long as trusted proxies wrote it.
 * @param trusted addresses and CIDR blocks of proxies
 */
export function createClientAddress(trusted: readonly string[]): (request: IncomingMessage) => string {
  const isProxy = createProxyCheck(trusted);

  return (request) => {
    const named = [request.headers['x-forwarded-for'] ?? []].flat().join().split(',').reverse();
    let client = peerAddress(request);
    for (const text of named) {
      if (!isProxy(client)) return client;
      const address = text.trim().replace(/^::ffff:/i, '');
      // What a trusted proxy wrote and we cannot read names nobody: the proxy itself is then the one we know.
      if (isIP(address) === 0) return client;
      client = address;
    }
    return client;
  };
}

/** Whether an address is one of a trusted proxy. */
export function createProxyCheck(trusted: readonly string[]): (address: string) => boolean {
  const proxies = new BlockList();
  for (const block of trusted) {
    const [address, bits] = block.split('/') as [string, string | undefined];
    if (bits === undefined) proxies.addAddress(address, family(address));
    else proxies.addSubnet(address, Number(bits), family(address));
  }
  return (address) => isIP(address) !== 0 && proxies.check(address, family(address));
}

/** Whether this is an address, or a block of addresses in CIDR notation (RFC 4632, RFC 4291). */
export function isAddressBlock(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
