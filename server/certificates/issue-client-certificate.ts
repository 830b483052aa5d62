import { createHash } from 'node:crypto';
import type { Authority } from './authority/authority';
import { CLIENT_AUTH } from './der/extensions';
import { readCsr } from './der/read-csr';
import { signLeaf } from './sign-leaf';

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
 * @throws AppError `agent.csr_invalid`, @throws RangeError for a name outside printable ASCII
 */
export async function issueClientCertificate(
  authority: Authority,
  { csr, hostId, fqdn, days, now = new Date() }: ClientRequest,
): Promise<IssuedCertificate> {
  const { publicKeyDer, keyFingerprint } = await readCsr(csr);
  const { der, ...leaf } = signLeaf(authority, {
    publicKeyDer,
    subject: { commonName: fqdn.length <= MAX_COMMON_NAME ? fqdn : undefined, organizationalUnit: hostId },
    alternativeNames: [
      { type: 'dns', value: fqdn },
      { type: 'url', value: `urn:uuid:${hostId}` },
    ],
    purpose: CLIENT_AUTH,
    now,
    days,
  });
  return { ...leaf, keyFingerprint, fingerprint: createHash('sha256').update(der).digest('hex') };
}
