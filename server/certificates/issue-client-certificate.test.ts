import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { AppError } from '../errors';
import type { Authority } from './authority/authority';
import { issueClientCertificate } from './issue-client-certificate';
import { readLeaf } from './der/read-leaf';
import { readCsr } from './der/read-csr';
import { makeCsr, makeKeys, newAuthority, openssl, opensslTest, temporaryFolder } from './testing';
import { verifyClientCertificate } from './verify-client-certificate';
import * as x509 from './der/x509';

const now = new Date('2031-03-01T12:00:00Z');
const hostId = '0195a1c4-7d3e-7b21-9f00-3c5d8e2a4b6f';
let authority: Authority;
let csr: string;

beforeAll(async () => {
  authority = await newAuthority(now);
  csr = await makeCsr(await makeKeys());
});

const issue = (fqdn: string) => issueClientCertificate(authority, { csr, hostId, fqdn, days: 90, now });
const extensionsOf = (pem: string) => new x509.X509Certificate(pem).extensions;

test('says who the host is and what the certificate is for, and nothing that the request asked for', async () => {
  const issued = await issue('web-1.example.org');
  const certificate = new x509.X509Certificate(issued.pem);
  const caId = new x509.X509Certificate(authority.signing.pem).getExtension(x509.SubjectKeyIdentifierExtension)?.keyId;

  expect(certificate.subject).toBe(`CN=web-1.example.org, OU=${hostId}`);
  expect(certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON()).toEqual([
    { type: 'dns', value: 'web-1.example.org' },
    { type: 'url', value: `urn:uuid:${hostId}` },
  ]);
  expect(certificate.getExtension(x509.BasicConstraintsExtension)?.ca).toBe(false);
  expect(certificate.getExtension(x509.KeyUsagesExtension)?.usages).toBe(x509.KeyUsageFlags.digitalSignature);
  expect(certificate.getExtension(x509.ExtendedKeyUsageExtension)?.usages).toEqual([x509.ExtendedKeyUsage.clientAuth]);
  expect(certificate.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId).toBe(caId);
  expect(certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId).toMatch(/^[0-9a-f]{40}$/);
  expect(extensionsOf(issued.pem)).toHaveLength(6);
  expect(issued.notBefore.toISOString()).toBe('2031-02-27T12:00:00.000Z');
  expect(issued.notAfter.toISOString()).toBe('2031-05-30T12:00:00.000Z');
});

test('names itself as Node and OpenSSL do, and a serial is never used twice', async () => {
  const [one, other] = await Promise.all([issue('a.example'), issue('a.example')]);
  const certificate = new X509Certificate(one.pem);
  expect(one.serial).toBe(certificate.serialNumber);
  expect(one.serial).toMatch(/^[0-9A-F]{2,32}$/);
  expect(one.fingerprint).toBe(certificate.fingerprint256.replaceAll(':', '').toLowerCase());
  expect(one.keyFingerprint).toBe((await readCsr(csr)).keyFingerprint);
  expect(other.serial).not.toBe(one.serial);
});

opensslTest('OpenSSL finds nothing against it by the letter of RFC 5280', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'ca.crt'), authority.signing.pem);
  const { pem } = await issue('web-1.example.org');
  await writeFile(join(folder, 'client.crt'), pem);
  const strictly = ['-x509_strict', '-attime', String(now.getTime() / 1000), '-CAfile', join(folder, 'ca.crt')];
  const verify = (purpose: string) => openssl('verify', ...strictly, '-purpose', purpose, join(folder, 'client.crt'));
  expect(verify('sslclient')).toEqual({ code: 0, output: `${join(folder, 'client.crt')}: OK\n` });
  expect(verify('sslserver').code).not.toBe(0);
  expect(new X509Certificate(pem).toString()).toBe(pem);
});

test('a name too long for a CN is not cut short, which could make it the name of another machine', async () => {
  const long = `${'a'.repeat(61)}.org`;
  const certificate = new x509.X509Certificate((await issue(long)).pem);
  expect(certificate.subject).toBe(`OU=${hostId}`);
  expect(certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items[0]?.value).toBe(long);
  expect(new x509.X509Certificate((await issue('b'.repeat(64))).pem).subjectName.getField('CN')).toEqual([
    'b'.repeat(64),
  ]);
});

test('whatever a host calls itself, it gets its own id and no other part of a name', async () => {
  const other = '00000000-0000-4000-8000-000000000000';
  const odd = fc.oneof(
    fc.constantFrom(
      `a, OU=${other}`,
      `a+OU=${other}`,
      `a\\, OU=${other}`,
      `a", OU="${other}`,
      '#0c0161',
      '<img src=x>',
      `a, URI:urn:uuid:${other}`,
    ),
    fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme-ascii' }),
  );
  await fc.assert(
    fc.asyncProperty(odd, async (fqdn) => {
      const { pem } = await issue(fqdn);
      const certificate = new x509.X509Certificate(pem);
      expect(certificate.subjectName.getField('CN')).toEqual(fqdn.length > 64 ? [] : [fqdn]);
      expect(certificate.subjectName.getField('OU')).toEqual([hostId]);
      expect(verifyClientCertificate(authority, new X509Certificate(pem).raw, now)).toMatchObject({ ok: true, hostId });
    }),
    { numRuns: 60 },
  );
});

test('a name outside ASCII is refused: in a certificate it would be another name', async () => {
  await expect(issue('š.example')).rejects.toThrow(RangeError);
  await expect(issue('a.example\n')).rejects.toThrow(RangeError);
});

test('a request that is none is refused', async () => {
  const given = { csr: csr.slice(0, -60), hostId, fqdn: 'a.example', days: 90 };
  await expect(issueClientCertificate(authority, given)).rejects.toThrow(AppError);
});

test('a date past 2049, which is written in another form, is read back as it was', async () => {
  const issued = await issueClientCertificate(authority, {
    csr,
    hostId,
    fqdn: 'a.example',
    days: 365,
    now: new Date('2049-06-01'),
  });
  expect(readLeaf(new X509Certificate(issued.pem).raw).notAfter.toISOString()).toBe('2050-06-01T00:00:00.000Z');
  expect(new X509Certificate(issued.pem).validTo).toBe('Jun  1 00:00:00 2050 GMT');
});
