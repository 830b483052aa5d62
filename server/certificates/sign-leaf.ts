import type { AlternativeName } from './der/alternative-name';
import type { Authority } from './authority/authority';
import { keyIdentifier } from './der/ecdsa';
import {
  authorityKeyIdentifier,
  extendedKeyUsage,
  forSignatures,
  noAuthority,
  subjectAlternativeNames,
  subjectKeyIdentifier,
} from './der/extensions';
import { encodePem } from './der/pem';
import { validity } from './validity';
import { distinguishedName, newSerial, type Subject, writeCertificate } from './der/write-certificate';

export interface LeafRequest {
  /** DER SubjectPublicKeyInfo of a P-256 key. */
  publicKeyDer: Buffer;
  subject: Subject;
  alternativeNames: AlternativeName[];
  /** `CLIENT_AUTH` or `SERVER_AUTH`. */
  purpose: string;
  now: Date;
  days: number;
}

export interface SignedLeaf {
  der: Buffer;
  pem: string;
  /** Upper-case hex, as OpenSSL and Node print it. */
  serial: string;
  notBefore: Date;
  notAfter: Date;
}

/** Signs an end-entity certificate (RFC 5280): no CA, key for signatures only, one purpose, random serial. */
export function signLeaf({ signing }: Pick<Authority, 'signing'>, request: LeafRequest): SignedLeaf {
  const serial = newSerial();
  const { notBefore, notAfter } = validity(request.now, request.days);
  const { publicKeyDer } = request;
  const extensions = [
    noAuthority,
    forSignatures,
    extendedKeyUsage(request.purpose),
    subjectAlternativeNames(request.alternativeNames),
    authorityKeyIdentifier(signing.keyIdentifier),
    subjectKeyIdentifier(keyIdentifier(publicKeyDer)),
  ];
  const subject = distinguishedName(request.subject);
  const der = writeCertificate(
    { serial, issuer: signing.name, notBefore, notAfter, subject, publicKeyDer, extensions },
    signing.sign,
  );
  return { der, pem: encodePem('CERTIFICATE', der), serial: serial.toString('hex').toUpperCase(), notBefore, notAfter };
}
