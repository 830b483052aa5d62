/** What the tests of this folder, and of whoever needs certificates, start from. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Authority, loadAuthority } from './authority';
import * as x509 from './x509';

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
  const folder = await newFolder();
  try {
    return await loadAuthority(folder, now);
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
