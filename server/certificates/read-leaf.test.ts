import { beforeAll, expect, test } from 'vitest';
import { readLeaf } from './read-leaf';
import { makeKeys } from './testing';
import * as x509 from './x509';

let keys: CryptoKeyPair;

beforeAll(async () => {
  keys = await makeKeys();
});

async function certificate(notBefore: Date, notAfter: Date) {
  const name = new x509.Name([{ OU: ['one'], CN: ['not an OU'] }, { OU: [{ utf8String: 'zwei ä' }] }]).toString();
  const names = [
    { type: 'url', value: 'urn:a' },
    { type: 'dns', value: 'b' },
    { type: 'url', value: 'urn:c' },
  ] as const;
  const extensions = [
    new x509.BasicConstraintsExtension(false),
    new x509.SubjectAlternativeNameExtension([...names], true),
  ];
  const made = await x509.X509CertificateGenerator.createSelfSigned({ name, keys, notBefore, notAfter, extensions });
  return Buffer.from(made.rawData);
}

test('reads what the certificate’s maker put in', async () => {
  const notBefore = new Date('1999-12-31T23:59:59Z');
  const notAfter = new Date('2050-01-01T00:00:00Z');
  expect(readLeaf(await certificate(notBefore, notAfter))).toEqual({
    notBefore,
    notAfter,
    publicKeyDer: Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey)),
    organizationalUnits: ['one', 'zwei ä'],
    uris: ['urn:a', 'urn:c'],
  });
});

test.each([
  ['another version', (hex: string) => hex.replace('a003020102', 'a003020101')],
  ['a time without a zone', (hex: string) => hex.replace(/170d(.{24})5a/, '170d$130')],
  ['a time of another type', (hex: string) => hex.replace('170d', '160d')],
  ['a second certificate', (hex: string) => hex + hex],
  ['nothing', () => ''],
  ['an empty sequence', () => '3000'],
])('throws a RangeError for %s', async (_, change) => {
  const good = (await certificate(new Date('2030-01-01'), new Date('2031-01-01'))).toString('hex');
  expect(change(good)).not.toBe(good);
  expect(() => readLeaf(Buffer.from(change(good), 'hex'))).toThrow(RangeError);
});
