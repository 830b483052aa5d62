import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { fqdn } from '../../agent/protocol';
import type { JsonGeneralName } from './x509';

/**
 * A DNS name or IP address in the spelling that a certificate takes: names in ASCII (RFC 5890) and lower case, IPv6
 * addresses without an IPv4 one spelt inside, which the library would encode as another address.
 * Undefined for what is neither; wildcards and addresses with a zone are neither.
 */
export function alternativeName(name: string): JsonGeneralName | undefined {
  if (isIPv4(name)) return { type: 'ip', value: name };
  if (isIPv6(name)) {
    const url = `http://[${name}]`;
    return URL.canParse(url) ? { type: 'ip', value: new URL(url).hostname.slice(1, -1) } : undefined;
  }
  // `domainToASCII` reads a name as part of a URL: of `a/b` it would silently keep `a`.
  if (/[/\\?#]/.test(name)) return undefined;
  const ascii = domainToASCII(name);
  return fqdn.safeParse(ascii).success ? { type: 'dns', value: ascii } : undefined;
}
