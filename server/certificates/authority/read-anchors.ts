import { type KeyObject, X509Certificate } from 'node:crypto';
import { keyFingerprint } from '../../../agent/fingerprint';
import { CertificateFileError } from '../certificate-file';
import { readLeaf } from '../der/read-leaf';
import { words } from '../../../words/words';

/** A CA whose signature we accept. */
export interface Anchor {
  certificate: X509Certificate;
  /** The certificate's key, ready for use: looking it up costs more than a verification. */
  publicKey: KeyObject;
  pem: string;
  /** DER SubjectPublicKeyInfo. */
  publicKeyDer: Buffer;
  /** SHA-256 of `publicKeyDer`, lower-case hex. Agents pin this, because a pinned certificate breaks at renewal. */
  pin: string;
  /** Its subject, DER Name. */
  name: Buffer;
  notAfter: Date;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Every CA in the text, in its order, expired ones too. @throws CertificateFileError when there is anything else */
export function readAnchors(path: string, pem: string): Anchor[] {
  const found = pem.match(CERTIFICATE) ?? [];
  const begun = pem.split('-----BEGIN').length - 1;
  if (found.length === 0 || found.length !== begun) throw notCertificates(path);
  return found.map((block) => readAnchor(path, block));
}

function readAnchor(path: string, pem: string): Anchor {
  const anchor = parse(path, pem);
  if (anchor.certificate.ca) return anchor;
  throw new CertificateFileError(words('server.ca.no_ca', { path }));
}

function parse(path: string, pem: string): Anchor {
  try {
    const certificate = new X509Certificate(pem);
    const { subject, notAfter } = readLeaf(certificate.raw);
    // Throws for a key of a kind that OpenSSL does not know, in a certificate that it has read without complaint.
    const { publicKey } = certificate;
    const publicKeyDer = publicKey.export({ type: 'spki', format: 'der' });
    const pin = keyFingerprint(publicKeyDer);
    return { certificate, publicKey, pem: certificate.toString(), publicKeyDer, pin, name: subject, notAfter };
  } catch (cause) {
    throw notCertificates(path, { cause });
  }
}

function notCertificates(path: string, options?: ErrorOptions): CertificateFileError {
  return new CertificateFileError(words('server.ca.no_certificates', { path }), options);
}
