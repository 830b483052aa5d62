import { isIPv4, isIPv6 } from 'node:net';
import { nameToAscii } from '../../../agent/name-to-ascii';
import { fqdn } from '../../../agent/protocol';
import { taggedValue } from './write-der';

/** An address is spelt as `alternativeName` returns it. */
export interface AlternativeName {
  type: 'dns' | 'url' | 'ip';
  value: string;
}

/** The numbers of a GeneralName's choices (RFC 5280, 4.2.1.6). */
const CHOICE = { dns: 2, url: 6, ip: 7 };

/**
 * A DNS name or IP address in the spelling that a certificate takes: names in ASCII (RFC 5890) and lower case, IPv6
 * addresses in groups, without an IPv4 one spelt inside.
 * Undefined for what is neither; wildcards and addresses with a zone are neither.
 */
export function alternativeName(name: string): AlternativeName | undefined {
  if (isIPv4(name)) return { type: 'ip', value: name };
  if (isIPv6(name)) {
    const url = `http://[${name}]`;
    return URL.canParse(url) ? { type: 'ip', value: new URL(url).hostname.slice(1, -1) } : undefined;
  }
  const ascii = nameToAscii(name);
  return fqdn.safeParse(ascii).success ? { type: 'dns', value: ascii } : undefined;
}

/** DER GeneralName. @throws RangeError for a name outside printable ASCII: an IA5String would turn it into another */
export function generalName({ type, value }: AlternativeName): Buffer {
  if (type === 'ip') return taggedValue(CHOICE.ip, addressBytes(value));
  if (!/^[\x20-\x7e]+$/.test(value)) throw new RangeError('the name has characters outside printable ASCII');
  return taggedValue(CHOICE[type], Buffer.from(value, 'latin1'));
}

/** Four bytes, or sixteen. */
function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  const [before = [], after = []] = address.split('::').map((side) => side.split(':').filter(Boolean));
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
