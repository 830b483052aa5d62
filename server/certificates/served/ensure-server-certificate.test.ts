import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { type Authority, CertificateFileError, loadAuthority } from '../authority/authority';
import { ensureServerCertificate } from './ensure-server-certificate';
import { newAuthority, openssl, opensslTest, temporaryFolder } from '../testing';
import * as x509 from '../der/x509';

const DAY_MS = 24 * 60 * 60 * 1000;
const now = new Date('2031-03-01T12:00:00Z');
const names = ['Server.example.org', 'my_host', 'localhost', '127.0.0.1', '::1', '::ffff:10.1.2.3', 'bücher.example'];
const later = (days: number) => new Date(now.getTime() + days * DAY_MS);

let directory: string;
let authority: Authority;

beforeEach(async () => {
  directory = await temporaryFolder();
  authority = await loadAuthority(directory, { now });
});

const ensure = (over: Partial<Parameters<typeof ensureServerCertificate>[1]> = {}) =>
  ensureServerCertificate(authority, { directory, names, now, ...over });

test('makes a certificate for every name and address, and serves the CA with it', async () => {
  const { cert, key, notAfter } = await ensure();
  const certificate = new X509Certificate(cert);
  const parsed = new x509.X509Certificate(certificate.raw);

  expect(cert).toBe(`${certificate.toString()}${authority.signing.pem}`);
  expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(parsed.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON()).toEqual([
    { type: 'dns', value: 'server.example.org' },
    { type: 'dns', value: 'my_host' },
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
    { type: 'ip', value: '::1' },
    { type: 'ip', value: '::ffff:a01:203' },
    { type: 'dns', value: 'xn--bcher-kva.example' },
  ]);
  expect(parsed.getExtension(x509.ExtendedKeyUsageExtension)?.usages).toEqual([x509.ExtendedKeyUsage.serverAuth]);
  expect(certificate.ca).toBe(false);
  expect(parsed.notBefore).toEqual(later(-2));
  expect(notAfter).toEqual(later(365));
});

opensslTest('OpenSSL finds nothing against it by the letter of RFC 5280, under each of its names', async () => {
  await ensure();
  const at = ['-attime', String(now.getTime() / 1000)];
  const trust = ['-x509_strict', ...at, '-purpose', 'sslserver', '-CAfile', join(directory, 'ca.crt')];
  const verify = (...name: string[]) => openssl('verify', ...trust, ...name, join(directory, 'server.crt')).code;
  for (const name of ['server.example.org', 'xn--bcher-kva.example']) expect(verify('-verify_hostname', name)).toBe(0);
  for (const address of ['127.0.0.1', '::1', '::ffff:10.1.2.3']) expect(verify('-verify_ip', address)).toBe(0);
  expect(verify('-verify_ip', '10.1.2.3')).not.toBe(0);
});

test('is the same at the next start, for fewer names too', async () => {
  const made = await ensure();
  expect(await ensure()).toEqual(made);
  expect(await ensure({ names: ['localhost'] })).toEqual(made);
  expect(await readFile(join(directory, 'server.crt'), 'utf8')).toBe(made.cert);
  expect(await readFile(join(directory, 'server.key'), 'utf8')).toBe(made.key);
  expect((await stat(join(directory, 'server.key'))).mode & 0o777).toBe(0o600);
});

test.each([
  ['a name it lacks', { names: [...names, 'new.example'] }],
  ['an address it lacks', { names: [...names, '10.1.2.4'] }],
  // Two thirds of the 367 days that begin two days early.
  ['two thirds of its life', { now: new Date(later(242).getTime() + 0.67 * DAY_MS) }],
  ['a clock from before it', { now: later(-3) }],
])('%s makes a new one, with a new key', async (_, over) => {
  const made = await ensure();
  const next = await ensure(over);
  expect(next.key).not.toBe(made.key);
  expect(await ensure(over)).toEqual(next);
});

test('a machine that goes back and forth between two networks gets one more, not one with every turn', async () => {
  const [home, office] = [
    [...names, '10.1.2.4'],
    [...names, '10.9.9.9', '2001:db8::9'],
  ];
  await ensure({ names: home });
  const both = await ensure({ names: office });
  expect(await ensure({ names: home })).toEqual(both);
  expect(await ensure({ names: office })).toEqual(both);
  const renewed = await ensure({ names: home, now: new Date(later(242).getTime() + 0.67 * DAY_MS) });
  expect(new X509Certificate(renewed.cert).checkIP('10.1.2.4')).toBe('10.1.2.4');
  expect(new X509Certificate(renewed.cert).checkIP('10.9.9.9')).toBeUndefined();
});

test('lives on until two thirds of its life', async () => {
  const made = await ensure();
  expect(await ensure({ now: new Date(later(242).getTime() + 0.66 * DAY_MS) })).toEqual(made);
});

test('a new CA makes a new one', async () => {
  const made = await ensure();
  authority = await newAuthority(now);
  const next = await ensure();
  expect(next.key).not.toBe(made.key);
  expect(new X509Certificate(next.cert).verify(authority.signing.publicKey)).toBe(true);
});

test.each([
  [
    'a crash between the two files',
    () => ensure({ directory: join(directory, 'other') }).then(({ key }) => ['server.key', key]),
  ],
  ['an emptied certificate', () => Promise.resolve(['server.crt', ''])],
  ['a broken certificate', () => Promise.resolve(['server.crt', '-----BEGIN CERTIFICATE-----\nMIIB\n'])],
  ['a broken key', () => Promise.resolve(['server.key', 'key'])],
])('%s is mended by the next start', async (_, damage) => {
  const made = await ensure();
  const [file, content] = (await damage()) as [string, string];
  await writeFile(join(directory, file), content);
  const next = await ensure();
  expect(next.key).not.toBe(made.key);
  expect(new X509Certificate(next.cert).checkPrivateKey(createPrivateKey(next.key))).toBe(true);
  expect(await ensure()).toEqual(next);
});

test('what a crash left beside the files does not stop the next start', async () => {
  await writeFile(join(directory, 'server.key.new'), 'half', { mode: 0o644 });
  await writeFile(join(directory, 'server.crt.new'), '');
  await ensure();
  await rm(join(directory, 'server.crt'));
  await ensure();
  expect((await readdir(directory)).sort()).toEqual(['ca.crt', 'ca.key', 'server.crt', 'server.key']);
});

test.each(['', 'two words', 'a/b', 'https://server.example', 'a:6443', 'fe80::1%eth0', '*.example.org'])(
  'the name "%s" is refused with its mend',
  async (name) => {
    await expect(ensure({ names: ['localhost', name] })).rejects.toThrow(CertificateFileError);
    await expect(ensure({ names: [name] })).rejects.toThrow('correct certificates.names');
    expect(await readdir(directory)).not.toContain('server.crt');
  },
);
