import { generateKeyPairSync, KeyObject, X509Certificate } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keyFingerprint } from '../../../agent/fingerprint';
import { CertificateFileError, loadAuthority } from './authority';
import { commitFile, stageFile } from '../certificate-file';
import { createAuthority } from './create-authority';
import { makeKeys, privateKeyPem, temporaryFolder } from '../testing';
import * as x509 from '../der/x509';

const now = new Date('2031-03-01T12:00:00.500Z');

test('an empty folder gets a CA, and the next start finds the same one', async () => {
  const before = process.umask(0o022);
  onTestFinished(() => void process.umask(before));
  const folder = join(await temporaryFolder(), 'certs');
  const made = await loadAuthority(folder, { now });
  const found = await loadAuthority(folder, { now });

  expect(found.pin).toBe(made.pin);
  expect(found.anchors.map((anchor) => anchor.pem)).toEqual([await readFile(join(folder, 'ca.crt'), 'utf8')]);
  expect((await readdir(folder)).sort()).toEqual(['ca.crt', 'ca.key']);
  expect((await stat(join(folder, 'ca.key'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'ca.crt'))).mode & 0o777).toBe(0o644);
});

test('the certificate says what a CA of ours says', async () => {
  const { anchors, pin, signing } = await loadAuthority(await temporaryFolder(), { now });
  const anchor = anchors[0]!;
  const certificate = new x509.X509Certificate(anchor.pem);

  expect(anchor.certificate.verify(anchor.certificate.publicKey)).toBe(true);
  expect(pin).toBe(keyFingerprint(anchor.publicKeyDer));
  expect(certificate.subject).toBe(`CN=SysManage CA ${pin.slice(0, 8)}`);
  expect(certificate.notBefore.toISOString()).toBe('2031-02-27T12:00:00.000Z');
  // 2051: past what a UTCTime can say.
  expect(certificate.notAfter.toISOString()).toBe('2051-02-24T12:00:00.000Z');
  expect(certificate.getExtension(x509.BasicConstraintsExtension)).toMatchObject({
    critical: true,
    ca: true,
    pathLength: 0,
  });
  const usages = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  expect(certificate.getExtension(x509.KeyUsagesExtension)).toMatchObject({ critical: true, usages });
  expect(certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId).toMatch(/^[0-9a-f]{40}$/);
  const kept = Object.values(signing).filter((value) => value instanceof KeyObject);
  expect(kept.map(({ type }) => type)).toEqual(['public']);
});

test('a crash between the two renames is finished by the next start', async () => {
  const folder = await temporaryFolder();
  const { privateKey, certificate } = createAuthority(now);
  await stageFile(join(folder, 'ca.key'), plainPem(privateKey), 0o600);
  await stageFile(join(folder, 'ca.crt'), certificate, 0o644);
  await commitFile(join(folder, 'ca.key'));

  const { signing } = await loadAuthority(folder, { now });
  expect(signing.pem).toBe(certificate);
  expect((await readdir(folder)).sort()).toEqual(['ca.crt', 'ca.key']);
});

test('a crash before the first rename leaves nothing that counts', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'ca.key.new'), '-----BEGIN PRIV');
  await writeFile(join(folder, 'ca.crt.new'), '');
  await loadAuthority(folder, { now });
  expect((await readdir(folder)).sort()).toEqual(['ca.crt', 'ca.key']);
});

test.each([
  ['ca.crt', 'ca.key'],
  ['ca.key', 'ca.crt'],
])('%s alone missing is named, and nothing is made in its place', async (missing, present) => {
  const folder = await temporaryFolder();
  await loadAuthority(folder, { now });
  await rm(join(folder, missing));
  const failure = await loadAuthority(folder, { now }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CertificateFileError);
  expect((failure as Error).message).toContain(
    `${join(folder, missing)} is missing but ${join(folder, present)} is there`,
  );
  expect((failure as Error).message).not.toContain('\n');
  expect(await readdir(folder)).toEqual([present]);
});

const pemOf = (base64: string) => `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
const plainPem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const p384 = () => plainPem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey);

test.each([
  ['the key of another CA', 'ca.key', () => plainPem(createAuthority(now).privateKey), 'ca.crt does not belong to'],
  ['no key', 'ca.key', () => '', 'ca.key is not a private key in PEM'],
  ['a key of another curve', 'ca.key', p384, 'ca.key is not an ECDSA P-256 key'],
  ['no certificate', 'ca.crt', () => 'certificate', 'ca.crt is not certificates in PEM'],
  ['a broken certificate', 'ca.crt', () => pemOf('MIIB'), 'ca.crt is not certificates in PEM'],
  ['a cut certificate', 'ca.crt', () => createAuthority(now).certificate.slice(0, -9), 'ca.crt is not certificates'],
  ['a key among them', 'ca.crt', () => createAuthority(now).certificate + p384(), 'ca.crt is not certificates'],
])('%s is refused', async (_, file, content, message) => {
  const folder = await temporaryFolder();
  await loadAuthority(folder, { now });
  await writeFile(join(folder, file), content());
  await expect(loadAuthority(folder, { now })).rejects.toThrow(CertificateFileError);
  await expect(loadAuthority(folder, { now })).rejects.toThrow(message);
});

test('a certificate that may not sign others is refused', async () => {
  const folder = await temporaryFolder();
  const keys = await makeKeys();
  const extensions = [new x509.BasicConstraintsExtension(false)];
  const leaf = await x509.X509CertificateGenerator.createSelfSigned({ name: 'CN=leaf', keys, extensions });
  await writeFile(join(folder, 'ca.key'), await privateKeyPem(keys));
  await writeFile(join(folder, 'ca.crt'), leaf.toString('pem'));
  await expect(loadAuthority(folder)).rejects.toThrow("ca.crt holds a certificate that is not a CA's");
});

test('two CAs never share a name', () => {
  const [one, other] = [createAuthority(now), createAuthority(now)];
  expect(new X509Certificate(one.certificate).subject).not.toBe(new X509Certificate(other.certificate).subject);
});

test('an expired CA that signs is refused, with its mend', async () => {
  const folder = await temporaryFolder();
  const then = new Date('2000-01-01');
  await loadAuthority(folder, { now: then });
  await expect(loadAuthority(folder, { now })).rejects.toThrow('ca.crt expired on 2019-12-27T00:00:00.000Z');
});

describe('several CAs in ca.crt', () => {
  /** The folder of a CA, after another certificate was put before or after its own. */
  async function folderWith(other: string, where: 'before' | 'after') {
    const folder = await temporaryFolder();
    const { signing } = await loadAuthority(folder, { now });
    await writeFile(join(folder, 'ca.crt'), where === 'before' ? other + signing.pem : signing.pem + other);
    return { folder, own: signing };
  }

  test.each(['before', 'after'] as const)(
    'all count, and the key’s own signs, the other being %s it',
    async (where) => {
      const other = createAuthority(now).certificate;
      const { folder, own } = await folderWith(other, where);
      const { anchors, pins, pin, signing } = await loadAuthority(folder, { now });
      expect(anchors.map(({ pem }) => pem)).toEqual(where === 'before' ? [other, own.pem] : [own.pem, other]);
      expect(pins).toEqual(anchors.map(({ publicKeyDer }) => keyFingerprint(publicKeyDer)));
      expect(signing.pem).toBe(own.pem);
      expect(pin).toBe(own.pin);
    },
  );

  test('words around them do not matter: OpenSSL and people write some', async () => {
    const other = `\nthe next one, from May on:\n${createAuthority(now).certificate}`;
    const { folder, own } = await folderWith(other, 'after');
    const { anchors, signing } = await loadAuthority(folder, { now });
    expect(anchors).toHaveLength(2);
    expect(signing.pem).toBe(own.pem);
  });

  test('of two certificates of one key the first signs', async () => {
    const { folder, own } = await folderWith('', 'after');
    const privateKey = await importSigningKey(join(folder, 'ca.key'));
    const keys = { privateKey, publicKey: await importPublicKey(own.publicKeyDer) };
    const renewed = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=SysManage CA renewed',
      keys,
      notBefore: now,
      notAfter: new Date('2060-01-01'),
      extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
    });
    await writeFile(join(folder, 'ca.crt'), `${renewed.toString('pem')}\n${own.pem}`);
    const { pins, signing } = await loadAuthority(folder, { now });
    expect(pins).toEqual([own.pin]);
    expect(signing.certificate.subject).toBe('CN=SysManage CA renewed');
  });

  test('one that has expired counts no more, and stops nothing', async () => {
    const expired = createAuthority(new Date('2000-01-01')).certificate;
    const { folder, own } = await folderWith(expired, 'before');
    expect((await loadAuthority(folder, { now })).pins).toEqual([own.pin]);
  });

  test('none of them being the key’s, it is refused', async () => {
    const { folder } = await folderWith(createAuthority(now).certificate, 'after');
    await writeFile(join(folder, 'ca.key'), plainPem(createAuthority(now).privateKey));
    await expect(loadAuthority(folder, { now })).rejects.toThrow('ca.crt does not belong to');
  });
});

async function importSigningKey(path: string): Promise<CryptoKey> {
  const der = x509.PemConverter.decodeFirst(await readFile(path, 'utf8'));
  return crypto.subtle.importKey('pkcs8', der, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
}

function importPublicKey(der: Buffer): Promise<CryptoKey> {
  return crypto.subtle.importKey('spki', new Uint8Array(der), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
}

test('where hosts trust a CA that is gone, no other takes its place unless a person asks for it', async () => {
  const folder = await temporaryFolder();
  await expect(loadAuthority(folder, { now, mayMake: false })).rejects.toThrow(
    /ca\.key and .*ca\.crt are missing, .* backup, or start with --new-ca/,
  );
  expect(await readdir(folder)).toEqual([]);
  const made = await loadAuthority(folder, { now, mayMake: false, mustMake: true });
  expect((await loadAuthority(folder, { now, mayMake: false })).pin).toBe(made.pin);
  await expect(loadAuthority(folder, { now, mustMake: true })).rejects.toThrow(
    /move ca\.key and ca\.crt away, or start without --new-ca/,
  );
});
