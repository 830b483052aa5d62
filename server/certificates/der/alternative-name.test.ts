import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { alternativeName, generalName } from './alternative-name';
import type { Authority } from '../authority/authority';
import { SERVER_AUTH } from './extensions';
import { signLeaf } from '../sign-leaf';
import { newAuthority } from '../testing';

let authority: Authority;

beforeAll(async () => {
  authority = await newAuthority();
});

/** A certificate for this name alone, as Node reads it. */
function certificateFor(name: string): X509Certificate {
  const { der } = signLeaf(authority, {
    publicKeyDer: authority.signing.publicKeyDer,
    subject: {},
    alternativeNames: [alternativeName(name)!],
    purpose: SERVER_AUTH,
    now: new Date(),
    days: 1,
  });
  return new X509Certificate(der);
}

test('a certificate for any address is good for that address and for no other', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), fc.oneof(fc.ipV4(), fc.ipV6()), (address, other) => {
      const certificate = certificateFor(address);
      const isSame = alternativeName(address)!.value === alternativeName(other)!.value;
      expect(certificate.checkIP(address)).toBe(address);
      expect(certificate.checkIP(other)).toBe(isSame ? other : undefined);
    }),
    { numRuns: 200 },
  );
});

test('a certificate for any DNS name is good for that name', () => {
  fc.assert(
    fc.property(fc.domain(), (name) => {
      expect(certificateFor(name).checkHost(name)).toBe(name);
    }),
    { numRuns: 100 },
  );
});

test.each(['š.example', 'a\n', '', 'a\0.example'])('%j has no place in a certificate', (value) => {
  expect(() => generalName({ type: 'dns', value })).toThrow(RangeError);
  expect(() => generalName({ type: 'url', value })).toThrow(RangeError);
});

test.each(['10042', '007', '0x7', 'db.10042'])('%s is a name, not the address that a URL would make of it', (name) => {
  expect(alternativeName(name)).toEqual({ type: 'dns', value: name });
  expect(certificateFor(name).checkHost(name, { subject: 'never' })).toBe(name);
});
