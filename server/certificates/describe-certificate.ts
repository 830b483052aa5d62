import type { X509Certificate } from 'node:crypto';

export interface CertificateFacts {
  /** A line, as OpenSSL prints names: `O=Example, CN=server.example`. */
  subject: string;
  issuer: string;
  /** DNS names and addresses it is for. */
  names: string[];
  /** Upper-case hex. */
  serial: string;
  /** SHA-256 of the DER certificate, lower-case hex. */
  fingerprint: string;
  notBefore: Date;
  notAfter: Date;
}

const NAME = /(?:DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/**
 * What a person has to know of a certificate, of any kind: the pages' may be anybody's. For display, not for decisions.
 */
export function describeCertificate(certificate: X509Certificate): CertificateFacts {
  const { subjectAltName = '', serialNumber, fingerprint256 } = certificate;
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: [...subjectAltName.matchAll(NAME)].map(([, name]) => name!),
    serial: serialNumber,
    fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
    // `Mar  1 12:00:00 2031 GMT`. Node 20 has no dates but these.
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
  };
}

/** Node prints each part of a name on a line of its own; an empty one as undefined. */
const oneLine = (name: string | undefined) => (name ?? '').split('\n').join(', ');
