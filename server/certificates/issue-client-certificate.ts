import { createHash } from 'node:crypto';
import { keyFingerprint } from '../../agent/fingerprint';
import type { Authority } from './authority';
import { readCsr } from './read-csr';
import { readLeaf } from './read-leaf';
import { signLeaf } from './sign-leaf';
import * as x509 from './x509';

/** RFC 5280, appendix A.1: ub-common-name. */
const MAX_COMMON_NAME = 64;

interface ClientRequest {
  /** PKCS #10, PEM. */
  csr: string;
  hostId: string;
  fqdn: string;
  days: number;
  now?: Date;
}

export interface IssuedCertificate {
  /** Upper-case hex, as OpenSSL and Node print it. */
  serial: string;
  pem: string;
  /** SHA-256 of the DER certificate, lower-case hex. */
  fingerprint: string;
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hex. */
  keyFingerprint: string;
  notBefore: Date;
  notAfter: Date;
}

/**
 * Signs what a host will identify itself with: OU and a `urn:uuid:` alternative name are its id, CN and a DNS
 * alternative name its name, and the key is the request's, of which nothing else is used.
 * A name of more than 64 characters has no CN: cut short it could be another machine's.
 * @throws AppError `agent.csr_invalid`
 */
export async function issueClientCertificate(
  authority: Authority,
  { csr, hostId, fqdn, days, now = new Date() }: ClientRequest,
): Promise<IssuedCertificate> {
  // A DNS alternative name is an IA5String, into which the library puts the low byte of each character: `š` became `a`.
  if (!/^[\x20-\x7e]+$/.test(fqdn)) throw new TypeError('the host name has characters outside ASCII');
  const { publicKeyDer } = await readCsr(csr);
  const certificate = await signLeaf(authority, {
    publicKeyDer,
    subject: [
      ...(fqdn.length <= MAX_COMMON_NAME ? [{ CN: [{ utf8String: fqdn }] }] : []),
      { OU: [{ utf8String: hostId }] },
    ],
    alternativeNames: [
      { type: 'dns', value: fqdn },
      { type: 'url', value: `urn:uuid:${hostId}` },
    ],
    purpose: x509.ExtendedKeyUsage.clientAuth,
    now,
    days,
  });
  const { notBefore, notAfter } = readLeaf(certificate.raw);
  return {
    serial: certificate.serialNumber,
    pem: certificate.toString(),
    fingerprint: createHash('sha256').update(certificate.raw).digest('hex'),
    keyFingerprint: keyFingerprint(publicKeyDer),
    notBefore,
    notAfter,
  };
}
