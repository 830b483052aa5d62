import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { readLeaf } from './read-leaf';
import { makeKeys } from '../testing';
import { hostileDer } from './testing-hostile-der';
import * as x509 from './x509';

let keys: CryptoKeyPair;

beforeAll(async () => {
  keys = await makeKeys();
});

const subject = new x509.Name([{ OU: ['one'], CN: ['not an OU'] }, { OU: [{ utf8String: 'zwei ä' }] }]);

async function certificate(notBefore: Date, notAfter: Date) {
  const names = [
    { type: 'url', value: 'urn:a' },
    { type: 'dns', value: 'b' },
    { type: 'url', value: 'urn:c' },
  ] as const;
  const extensions = [
    new x509.BasicConstraintsExtension(false),
    new x509.SubjectAlternativeNameExtension([...names], true),
  ];
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: subject.toString(),
    keys,
    notBefore,
    notAfter,
    extensions,
  });
  return Buffer.from(made.rawData);
}

test('reads what the certificate’s maker put in', async () => {
  const notBefore = new Date('1999-12-31T23:59:59Z');
  const notAfter = new Date('2050-01-01T00:00:00Z');
  expect(readLeaf(await certificate(notBefore, notAfter))).toEqual({
    notBefore,
    notAfter,
    subject: Buffer.from(subject.toArrayBuffer()),
    publicKeyDer: Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey)),
    organizationalUnits: ['one', 'zwei ä'],
    uris: ['urn:a', 'urn:c'],
  });
});

test.each([
  ['another version', (hex: string) => hex.replace('a003020102', 'a003020101')],
  ['a time without a zone', (hex: string) => hex.replace(/170d(.{24})5a/, '170d$130')],
  ['a thirteenth month', (hex: string) => hex.replace(/170d(....)..../, '170d$13133')],
  ['a time of another type', (hex: string) => hex.replace('170d', '160d')],
  ['a second certificate', (hex: string) => hex + hex],
  ['nothing', () => ''],
  ['an empty sequence', () => '3000'],
])('throws a RangeError for %s', async (_, change) => {
  const good = (await certificate(new Date('2030-01-01'), new Date('2031-01-01'))).toString('hex');
  expect(change(good)).not.toBe(good);
  expect(() => readLeaf(Buffer.from(change(good), 'hex'))).toThrow(RangeError);
});

test('of any bytes, any cut and any change it either reads dates that are some or throws a RangeError', async () => {
  const good = await certificate(new Date('2030-01-01'), new Date('2031-01-01'));
  const changed = fc
    .tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }))
    .map(([at, flip]) => Buffer.from(good.map((byte, index) => (index === at ? byte ^ flip : byte))));
  const cut = fc.nat(good.length - 1).map((end) => good.subarray(0, end));
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    cut,
    { weight: 8, arbitrary: changed },
  );
  fc.assert(
    fc.property(anything, (der) => {
      try {
        const { notBefore, notAfter } = readLeaf(der);
        expect([notBefore.getTime(), notAfter.getTime()].every(Number.isFinite)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 3000 },
  );
});

test('hostile in one place, at any depth: likewise, and what it says of itself stays text', async () => {
  const good = await certificate(new Date('2030-01-01'), new Date('2031-01-01'));
  fc.assert(
    fc.property(hostileDer(good), ({ der }) => {
      try {
        const { notBefore, notAfter, organizationalUnits, uris } = readLeaf(der);
        expect([notBefore.getTime(), notAfter.getTime()].every(Number.isFinite)).toBe(true);
        expect([...organizationalUnits, ...uris].every((value) => typeof value === 'string')).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 3000 },
  );
});
