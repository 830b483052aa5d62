import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from './identity';
import { MODE, replaceFile } from './state/write-file';
import { SaidError } from '../words/said-error';
import { words, type Words } from '../words/words';

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

/** A certificate that the server gave, as PEM. Throws an Error when it is not ours to use. */
export function checkCertificate(pem: string, identity: Identity, authorities: readonly string[]): string {
  const why = whyUnfit(pem, identity, authorities);
  if (why) throw new SaidError(why);
  return new X509Certificate(pem).toString();
}

/** Keeps one, after checking it. Returns it as PEM. */
export function keepCertificate(
  folder: string,
  pem: string,
  identity: Identity,
  authorities: readonly string[],
): string {
  const certificate = checkCertificate(pem, identity, authorities);
  replaceFile(join(folder, identity.files.certificate), certificate, MODE.open);
  return certificate;
}

/** The host id our CA wrote into a certificate (its OU), or undefined. */
export function hostIdOf(pem: string): string | undefined {
  return /^OU=(.+)$/m.exec(new X509Certificate(pem).subject)?.[1];
}

/** The dates are not looked at: only the server's clock counts, and this machine's may be a day off. */
function whyUnfit(pem: string, identity: Identity, authorities: readonly string[]): Words | null {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return words('agent.certificate.unreadable');
  }
  if (!certificate.checkPrivateKey(identity.privateKey)) return words('agent.certificate.other_key');
  const signed = authorities
    .map((authority) => new X509Certificate(authority))
    .some((authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey));
  return signed ? null : words('agent.certificate.other_ca');
}
