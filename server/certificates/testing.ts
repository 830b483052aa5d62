/** What the tests of this folder, and of whoever needs certificates, start from. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, test } from 'vitest';
import { type Authority, loadAuthority } from './authority/authority';
import * as x509 from './der/x509';

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

const newFolder = () => mkdtemp(join(tmpdir(), 'sysmanage-certificates-'));
const remove = (folder: string) => rm(folder, { recursive: true, force: true });

/** An empty folder, gone when the test is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await newFolder();
  onTestFinished(() => remove(folder));
  return folder;
}

/** A CA of its own, which needs its files no longer once it is loaded. */
export async function newAuthority(now?: Date): Promise<Authority> {
  return (await newAuthorityAndKey(now)).authority;
}

/** With its key in a form that the library signs with, for certificates that we would never make. */
export async function newAuthorityAndKey(now?: Date): Promise<{ authority: Authority; key: CryptoKey }> {
  const folder = await newFolder();
  try {
    const authority = await loadAuthority(folder, { now });
    const der = x509.PemConverter.decodeFirst(await readFile(join(folder, 'ca.key'), 'utf8'));
    return { authority, key: await crypto.subtle.importKey('pkcs8', der, P256, false, ['sign']) };
  } finally {
    await remove(folder);
  }
}

export function makeKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
}

/** A request as an agent makes it, PEM. What it says of itself is there to be ignored. */
export async function makeCsr(keys: CryptoKeyPair, name = 'CN=root, OU=admin'): Promise<string> {
  const extensions = [new x509.BasicConstraintsExtension(true, 0, true)];
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name,
    keys,
    extensions,
    signingAlgorithm: P256,
  });
  return request.toString('pem');
}

export async function privateKeyPem({ privateKey }: CryptoKeyPair): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
}

/**
 * For tests that `openssl` judges. Where there is no such program they are named as not run at the end of `npm test`.
 */
export const opensslTest = test.skipIf(spawnSync('openssl', ['version']).error !== undefined);

/** Runs OpenSSL's program, which judges our certificates by other eyes than ours and Node's. */
export function openssl(...args: string[]): { code: number | null; output: string } {
  const { status, stdout, stderr, error } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (error) throw new Error(`this test needs the program openssl on the PATH: ${error.message}`);
  return { code: status, output: stdout + stderr };
}
