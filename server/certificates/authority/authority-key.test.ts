import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../config';
import { explainFailure } from '../../process/explain-failure';
import { startServer } from '../../process/server';
import { stagedPath } from '../certificate-file';
import { CertificateFileError, loadAuthority } from './authority';
import type { Passphrase } from './read-passphrases';
import { openssl, opensslTest, temporaryFolder } from '../testing';

const secretKey: Passphrase = { text: 'the secret key of this server, long enough', origin: 'secret_key' };
const first: Passphrase = { text: 'correct horse battery staple', origin: '/etc/sysmanage.passphrase' };
const second: Passphrase = { text: 'a former passphrase', origin: '/etc/sysmanage.passphrase' };

let folder: string;
let keyPath: string;

/** A CA whose key is encrypted with `first`, made once: every passphrase that is tried costs a third of a second. */
let sealed: { key: string; certificate: string; pin: string };

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sysmanage-certificates-'));
  const { pin } = await loadAuthority(directory, { passphrases: [first] });
  const read = (name: string) => readFile(join(directory, name), 'utf8');
  sealed = { key: await read('ca.key'), certificate: await read('ca.crt'), pin };
  await rm(directory, { recursive: true });
});

beforeEach(async () => {
  folder = await temporaryFolder();
  keyPath = join(folder, 'ca.key');
});

/** Another hexadecimal digit in the place of one. */
const flipAt = (text: string, at: number) => text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);

async function placeSealed(key = sealed.key): Promise<void> {
  await writeFile(keyPath, key, { mode: 0o600 });
  await writeFile(join(folder, 'ca.crt'), sealed.certificate);
}

const load = (...passphrases: Passphrase[]) => loadAuthority(folder, { passphrases });
const passphrasePath = () => join(folder, 'passphrase');
const keyText = () => readFile(keyPath, 'utf8');

describe('with a passphrase', () => {
  test('the key of a new CA is encrypted, and no plain one was ever written', async () => {
    await load(first);
    expect(await keyText()).toMatch(/^scrypt-salt: [0-9a-f]{32}\n-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect((await stat(keyPath)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).sort()).toEqual(['ca.crt', 'ca.key']);
  });

  test('who only reads opens it, and writes it neither anew nor for the first time', async () => {
    const read = (...passphrases: Passphrase[]) => loadAuthority(folder, { passphrases, isReader: true });
    await expect(read(first)).rejects.toThrow('are missing');
    expect(await readdir(folder)).toEqual([]);
    await placeSealed();
    expect((await read(second, first)).pin).toBe(sealed.pin);
    expect(await keyText()).toBe(sealed.key);
    // As a crash has left it, between the two.
    await rename(join(folder, 'ca.crt'), stagedPath(join(folder, 'ca.crt')));
    const left = (await readdir(folder)).sort();
    expect((await read(first)).pin).toBe(sealed.pin);
    expect((await readdir(folder)).sort()).toEqual(left);
    expect((await load(first)).pin).toBe(sealed.pin);
    expect((await readdir(folder)).sort()).toEqual(['ca.crt', 'ca.key']);
  });

  test('what is encrypted opens and stays as it is: no start writes the key without need', async () => {
    await placeSealed();
    expect((await load(first, second)).pin).toBe(sealed.pin);
    expect(await keyText()).toBe(sealed.key);
  });

  test('a plain key is encrypted by the next start', async () => {
    const { pin } = await load();
    const plain = await keyText();
    expect((await load(secretKey)).pin).toBe(pin);
    expect(await keyText()).toContain('ENCRYPTED');
    expect((await stat(keyPath)).mode & 0o777).toBe(0o600);
    const contents = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
    expect(contents).not.toContain(plain);
    await expect(load()).rejects.toThrow(CertificateFileError);
  });

  test('a crash while it was encrypted leaves a key that opens, and the next start finishes', async () => {
    const { pin } = await load();
    // The staged file, cut short, is what a crash before the rename leaves; the plain key is still in place.
    await writeFile(`${keyPath}.new`, sealed.key.slice(0, 100));
    expect((await load(first)).pin).toBe(pin);
    expect((await readdir(folder)).sort()).toEqual(['ca.crt', 'ca.key']);
    expect(await keyText()).toContain('ENCRYPTED');
  });

  test('a former one opens it, and it is encrypted with the first from then on', async () => {
    await placeSealed();
    expect((await load(second, first)).pin).toBe(sealed.pin);
    expect((await load(second)).pin).toBe(sealed.pin);
  });
});

test('a wrong passphrase is refused in a line that names the file and where the passphrase is from', async () => {
  await placeSealed();
  const failure = await load(second, secretKey).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CertificateFileError);
  const { message } = failure as Error;
  expect(message).toBe(
    `${keyPath} does not open with the passphrase in /etc/sysmanage.passphrase, secret_key: ` +
      'give back the one it was encrypted with',
  );
});

test('an encrypted key without a passphrase is refused with its mend', async () => {
  await placeSealed();
  await expect(load()).rejects.toThrow(
    `${keyPath} is encrypted: set secret_key or certificates.passphrase_file to what it was encrypted with`,
  );
});

test.each([
  ['a changed salt', (text: string) => flipAt(text, 'scrypt-salt: '.length)],
  ['no salt', (text: string) => text.replace(/^.*\n/, '')],
  ['a cut key', (text: string) => text.replace(/^[^-\n]{64}\n/m, '')],
])('%s: refused, not opened', async (_, damage) => {
  expect(damage(sealed.key)).not.toBe(sealed.key);
  await placeSealed(damage(sealed.key));
  await expect(load(first)).rejects.toThrow(`${keyPath} does not open`);
});

opensslTest('OpenSSL alone can open it, for whoever has the passphrase and has lost the server', async () => {
  await placeSealed();
  const salt = /^scrypt-salt: (\w+)$/m.exec(sealed.key)![1]!;
  const options = [`pass:${first.text}`, `hexsalt:${salt}`, 'n:65536', 'r:8', 'p:2', 'maxmem_bytes:134217728'];
  const kdf = openssl('kdf', '-keylen', '32', ...options.flatMap((option) => ['-kdfopt', option]), 'SCRYPT');
  expect(kdf.code, kdf.output).toBe(0);
  const stretched = kdf.output.trim().replaceAll(':', '').toLowerCase();
  const plain = openssl('pkey', '-in', keyPath, '-passin', `pass:${stretched}`);
  expect(plain.code, plain.output).toBe(0);
  expect(new X509Certificate(sealed.certificate).checkPrivateKey(createPrivateKey(plain.output))).toBe(true);
});

test('without any passphrase it is plain, and only its owner may read it', async () => {
  await load();
  expect(await keyText()).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
  expect((await stat(keyPath)).mode & 0o777).toBe(0o600);
});

// It makes an embedded database first, which takes seconds.
const patience = { timeout: 120_000 };

test.each<[string, () => Record<string, string>, () => string]>([
  ['secret key', () => ({ SYSMANAGE_SECRET_KEY: secretKey.text }), () => 'secret_key'],
  ['passphrase file', () => ({ SYSMANAGE_CERTIFICATES_PASSPHRASE_FILE: passphrasePath() }), () => passphrasePath()],
])(
  'a server with a wrong %s does not start, and says so in a line and its exit code',
  patience,
  async (_, wrong, origin) => {
    await placeSealed();
    await writeFile(passphrasePath(), second.text, { mode: 0o600 });
    const config = loadConfig([], {
      SYSMANAGE_DATA_DIR: folder,
      SYSMANAGE_CERTIFICATES_PATH: folder,
      SYSMANAGE_LOG_LEVEL: 'silent',
      ...wrong(),
    });
    const failure = await startServer(config).catch((error: unknown) => error);
    const line = `${keyPath} does not open with the passphrase in ${origin()}: give back the one it was encrypted with`;
    expect(explainFailure(failure)).toEqual({ lines: [line], exitCode: 78 });
  },
);
