import { domainToASCII } from 'node:url';

/** Ends a name as no number does. */
const TEXT = '.a';

/**
 * A DNS name in ASCII (RFC 5890) and lower case; '' for what is none. `domainToASCII` reads a name as the host of a
 * URL: of `a/b` it keeps `a`, and of one that ends in a number, as `10042`, `007` or `0x7`, it makes an IPv4 address.
 */
export function nameToAscii(name: string): string {
  return /[/\\?#]/.test(name) ? '' : domainToASCII(name + TEXT).slice(0, -TEXT.length);
}
