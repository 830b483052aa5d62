import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from './identity';
import { MODE, replaceFile } from './state/write-file';

/** The stored certificate, PEM, or null when there is none that fits: this machine then enrols (again). */
export function readCertificate(folder: string, identity: Identity, authorities: readonly string[]): string | null {
  let pem: string;
  try {
    pem = readFileSync(join(folder, identity.files.certificate), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return whyUnfit(pem, identity, authorities) === null ? pem : null;
}

/**
 * Keeps a certificate the server gave, after checking it. Throws an Error when it is not ours to use. Returns it as
 * PEM.
 */
export function keepCertificate(
  folder: string,
  pem: string,
  identity: Identity,
  authorities: readonly string[],
): string {
  const why = whyUnfit(pem, identity, authorities);
  if (why) throw new Error(`the certificate from the server ${why}`);
  const normal = new X509Certificate(pem).toString();
  replaceFile(join(folder, identity.files.certificate), normal, MODE.open);
  return normal;
}

/** The host id our CA wrote into a certificate (its OU), or undefined. */
export function hostIdOf(pem: string): string | undefined {
  return /^OU=(.+)$/m.exec(new X509Certificate(pem).subject)?.[1];
}

/** The dates are not looked at: only the server's clock counts, and this machine's may be a day off. */
function whyUnfit(pem: string, identity: Identity, authorities: readonly string[]): string | null {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return 'cannot be read';
  }
  if (!certificate.checkPrivateKey(identity.privateKey)) return 'is for another key';
  const signed = authorities
    .map((authority) => new X509Certificate(authority))
    .some((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
  return signed ? null : 'was not signed by the pinned CA';
}
