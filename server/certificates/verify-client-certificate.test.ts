import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Authority } from './authority/authority';
import { elements } from './der/der';
import { issueClientCertificate } from './issue-client-certificate';
import { makeCsr, makeKeys, newAuthority, newAuthorityAndKey } from './testing';
import { hostileDer } from './der/testing-hostile-der';
import { type RefusalReason, verifyClientCertificate } from './verify-client-certificate';
import { bitString, sequence } from './der/write-der';
import * as x509 from './der/x509';

const DAY_MS = 24 * 60 * 60 * 1000;
const now = new Date('2031-03-01T12:00:00Z');
const hostId = '0195a1c4-7d3e-7b21-9f00-3c5d8e2a4b6f';
const otherId = '0195a1c4-7d3e-7b21-9f00-000000000000';
const later = (days: number) => new Date(now.getTime() + days * DAY_MS);

let authority: Authority;
let authorityKey: CryptoKey;
let keys: CryptoKeyPair;
let good: Buffer;

beforeAll(async () => {
  ({ authority, key: authorityKey } = await newAuthorityAndKey(now));
  keys = await makeKeys();
  const { pem } = await issueClientCertificate(authority, {
    csr: await makeCsr(keys),
    hostId,
    fqdn: 'a.example',
    days: 90,
    now,
  });
  good = new X509Certificate(pem).raw;
});

const refusal = (reason: RefusalReason) => ({ ok: false, reason });
const verify = (der: Buffer | undefined, at = now) => verifyClientCertificate(authority, der, at);

interface Variation {
  signingKey?: CryptoKey;
  issuer?: x509.Name;
  subject?: x509.JsonNameParams;
  names?: x509.JsonGeneralNames;
  purposes?: string[];
  ca?: boolean;
}

/** A certificate as we issue them in everything that is not varied, the CA's key identifier included. */
async function certificate(variation: Variation): Promise<Buffer> {
  const ca = new x509.X509Certificate(authority.signing.pem);
  const { purposes = [x509.ExtendedKeyUsage.clientAuth] } = variation;
  const made = await x509.X509CertificateGenerator.create({
    subject: new x509.Name(variation.subject ?? [{ OU: [{ utf8String: hostId }] }]),
    issuer: variation.issuer ?? ca.subjectName,
    notBefore: later(-2),
    notAfter: later(90),
    publicKey: keys.publicKey,
    signingKey: variation.signingKey ?? authorityKey,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new x509.BasicConstraintsExtension(variation.ca ?? false, undefined, true),
      ...(purposes.length > 0 ? [new x509.ExtendedKeyUsageExtension(purposes)] : []),
      new x509.SubjectAlternativeNameExtension(variation.names ?? [{ type: 'url', value: `urn:uuid:${hostId}` }]),
      await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
    ],
  });
  return Buffer.from(made.rawData);
}

test('accepts what we issued, and reads the same out of it that the library does', async () => {
  const { serialNumber, fingerprint256, raw } = new X509Certificate(good);
  const library = new x509.X509Certificate(raw);
  expect(verify(good)).toEqual({
    ok: true,
    serial: serialNumber,
    fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
    keyFingerprint: Buffer.from(await crypto.subtle.digest('SHA-256', library.publicKey.rawData)).toString('hex'),
    hostId,
    notAfter: library.notAfter,
  });
  expect(verify(await certificate({}))).toMatchObject({ ok: true, hostId });
});

test('accepts what any of our CAs signed, so that one can follow another', async () => {
  const next = await newAuthority(now);
  expect(verifyClientCertificate({ anchors: [...next.anchors, ...authority.anchors] }, good, now)).toMatchObject({
    ok: true,
  });
  expect(verifyClientCertificate(next, good, now)).toEqual(refusal('unknown_authority'));
});

test('no certificate', () => {
  expect(verify(undefined)).toEqual(refusal('no_certificate'));
  expect(verify(Buffer.alloc(0))).toEqual(refusal('no_certificate'));
});

test('PEM, two certificates, and bytes after one are not a certificate', () => {
  for (const bytes of [
    Buffer.from(new X509Certificate(good).toString()),
    Buffer.concat([good, good]),
    Buffer.concat([good, Buffer.of(0)]),
  ]) {
    expect(verify(bytes)).toEqual(refusal('unparsable'));
  }
});

test('a CA that took the name and the key identifier of ours is still another', async () => {
  const impostor = await makeKeys();
  expect(verify(await certificate({ signingKey: impostor.privateKey }))).toEqual(refusal('unknown_authority'));
});

test('our key under another name is not our CA', async () => {
  const issuer = new x509.Name([{ CN: [{ utf8String: 'SysManage CA 00000000' }] }]);
  expect(verify(await certificate({ issuer }))).toEqual(refusal('unknown_authority'));
});

test('a client cannot sign for another', async () => {
  const issuer = new x509.X509Certificate(new Uint8Array(good)).subjectName;
  expect(verify(await certificate({ issuer, signingKey: keys.privateKey }))).toEqual(refusal('unknown_authority'));
});

test.each<[string, Variation]>([
  ['for servers only', { purposes: [x509.ExtendedKeyUsage.serverAuth] }],
  ['for no stated purpose', { purposes: [] }],
  ['for any purpose', { purposes: ['2.5.29.37.0'] }],
  ['of a CA', { ca: true }],
])('a certificate %s is not a client’s', async (_, variation) => {
  expect(verify(await certificate(variation))).toEqual(refusal('not_client'));
});

test('the CA’s own certificate is not a client’s', () => {
  expect(verify(authority.signing.certificate.raw)).toEqual(refusal('not_client'));
});

test('time: to the second at the end, a day’s tolerance at the beginning', () => {
  expect(verify(good, later(90))).toMatchObject({ ok: true });
  expect(verify(good, new Date(later(90).getTime() + 1000))).toMatchObject(refusal('expired'));
  // It counts from two days before `now`, and the tolerance is one more.
  expect(verify(good, later(-3))).toMatchObject({ ok: true });
  expect(verify(good, new Date(later(-3).getTime() - 1000))).toMatchObject(refusal('not_yet_valid'));
});

test('what fails by its dates names the clock, both times and how far they are apart', () => {
  const [early, late] = [later(-10), later(100)];
  expect(verify(good, early)).toMatchObject({
    clock: `this server's clock says ${early.toISOString()}, the certificate counts from ${later(-2).toISOString()}: 8.0 days apart; if that cannot be, set the clock`,
  });
  expect(verify(good, late)).toMatchObject({
    clock: `this server's clock says ${late.toISOString()}, the certificate counted until ${later(90).toISOString()}: 10.0 days apart; if that cannot be, set the clock`,
  });
});

test.each<[string, Variation]>([
  ['no OU', { subject: [{ CN: [{ utf8String: hostId }] }] }],
  ['two OUs', { subject: [{ OU: [{ utf8String: hostId }] }, { OU: [{ utf8String: otherId }] }] }],
  [
    'an OU that is no id',
    { subject: [{ OU: [{ utf8String: 'admin' }] }], names: [{ type: 'url', value: 'urn:uuid:admin' }] },
  ],
  ['an OU that names another host', { subject: [{ OU: [{ utf8String: otherId }] }] }],
  ['no URI', { names: [{ type: 'dns', value: `urn:uuid:${hostId}` }] }],
  ['a second URI', { names: [hostId, otherId].map((id) => ({ type: 'url' as const, value: `urn:uuid:${id}` })) }],
])('%s: refused although our CA signed it', async (_, variation) => {
  expect(verify(await certificate(variation))).toEqual(refusal('malformed_subject'));
});

test('any bytes and any cut of a good certificate: refused, never thrown', () => {
  const cut = fc.nat(good.length - 1).map((end) => good.subarray(0, end));
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 1000 }).map((bytes) => Buffer.from(bytes)),
    cut,
  );
  fc.assert(
    fc.property(anything, (der) => {
      expect(verify(der).ok).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test('a good certificate with any one byte changed is refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 255 }), (flip) => {
      for (const at of good.keys()) {
        const bent = Buffer.from(good.map((byte, index) => (index === at ? byte ^ flip : byte)));
        expect(verify(bent).ok, `byte ${at}`).toBe(false);
      }
    }),
    { numRuns: 5 },
  );
});

test('a good certificate that is hostile in one place, at any depth, is refused, never thrown', () => {
  fc.assert(
    fc.property(hostileDer(good), ({ der }) => {
      expect(verify(der).ok).toBe(false);
    }),
    { numRuns: 800 },
  );
});

test('one that our CA signed although it is hostile in one place never throws, and names no other host', () => {
  const [whole] = elements(good);
  const [toBeSigned, algorithm] = elements(whole!.content);
  let read = 0;
  fc.assert(
    fc.property(hostileDer(toBeSigned!.whole), ({ der }) => {
      const judged = verify(sequence(der, algorithm!.whole, bitString(authority.signing.sign(der))));
      if (judged.ok) read++;
      expect(judged.ok ? judged.hostId : hostId).toBe(hostId);
    }),
    { numRuns: 800 },
  );
  // Else the hostile part was never reached: a new serial, say, is a good certificate.
  expect(read).toBeGreaterThan(0);
});
