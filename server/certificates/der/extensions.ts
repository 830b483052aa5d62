import { type AlternativeName, generalName } from './alternative-name';
import {
  boolean,
  enumerated,
  integer,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  taggedValue,
} from './write-der';

// Extensions of certificates (RFC 5280, 4.2) and of revocation lists (5.2). Each is a whole DER Extension.

/** Extended key usages (4.2.1.12). */
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/** Bits of the key usage (4.2.1.3). */
const DIGITAL_SIGNATURE = 0;
const KEY_CERT_SIGN = 5;
const CRL_SIGN = 6;

/** Left out, being the default, it would be no worse; said and critical, no reader can take a leaf for a CA. */
export const noAuthority = extension('2.5.29.19', sequence(), { critical: true });

/** Path length 0: a leaf that somehow signs others makes no chain. */
export const isAuthority = extension('2.5.29.19', sequence(boolean(true), integer(0)), { critical: true });

export const forSignatures = extension('2.5.29.15', namedBits(DIGITAL_SIGNATURE), { critical: true });

export const forCertificatesAndLists = extension('2.5.29.15', namedBits(KEY_CERT_SIGN, CRL_SIGN), { critical: true });

/** @param purpose one of the extended key usages above */
export const extendedKeyUsage = (purpose: string) => extension('2.5.29.37', sequence(objectIdentifier(purpose)));

export const subjectAlternativeNames = (names: AlternativeName[]) =>
  extension('2.5.29.17', sequence(...names.map(generalName)));

export const subjectKeyIdentifier = (identifier: Buffer) => extension('2.5.29.14', octetString(identifier));

export const authorityKeyIdentifier = (identifier: Buffer) =>
  extension('2.5.29.35', sequence(taggedValue(0, identifier)));

/** Of a revocation list. */
export const listNumber = (number: number) => extension('2.5.29.20', integer(number));

/** Of an entry in a revocation list. */
export const reasonCode = (code: number) => extension('2.5.29.21', enumerated(code));

function extension(identifier: string, value: Buffer, { critical = false } = {}): Buffer {
  return sequence(objectIdentifier(identifier), ...(critical ? [boolean(true)] : []), octetString(value));
}
