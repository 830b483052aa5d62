import { BlockList, isIPv6 } from 'node:net';

/** RFC 1918, RFC 4193, link-local (RFC 3927, RFC 4291) and loopback: nobody outside of a site is there. */
const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8);
PRIVATE.addSubnet('172.16.0.0', 12);
PRIVATE.addSubnet('192.168.0.0', 16);
PRIVATE.addSubnet('169.254.0.0', 16);
PRIVATE.addSubnet('127.0.0.0', 8);
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');
PRIVATE.addAddress('::1', 'ipv6');

/** @param address with or without a zone */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  return PRIVATE.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4');
}
