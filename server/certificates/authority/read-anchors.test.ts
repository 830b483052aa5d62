import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CertificateFileError } from '../certificate-file';
import { createAuthority } from './create-authority';
import { readAnchors } from './read-anchors';

const [one, other] = [createAuthority(new Date()).certificate, createAuthority(new Date()).certificate];

test('reads each of any number of CAs, in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(one, other), { minLength: 1, maxLength: 6 }), (pems) => {
      expect(readAnchors('ca.crt', pems.join('')).map(({ pem }) => pem)).toEqual(pems);
    }),
    { numRuns: 20 },
  );
});

test('of any text, any cut and any change it reads whole CAs or throws a CertificateFileError', () => {
  const text = one + other;
  const cut = fc.nat(text.length - 2).map((end) => text.slice(0, end));
  const changed = fc
    .tuple(fc.nat(text.length - 1), fc.string({ maxLength: 3 }))
    .map(([at, put]) => text.slice(0, at) + put + text.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(fc.string(), cut, changed), (pem) => {
      try {
        for (const { certificate, notAfter } of readAnchors('ca.crt', pem)) {
          expect(certificate.ca).toBe(true);
          expect(notAfter.getTime()).toBeGreaterThan(0);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(CertificateFileError);
        expect((error as Error).message).toMatch(/^ca\.crt /);
      }
    }),
    { numRuns: 2000 },
  );
});
