import { randomBytes, X509Certificate } from 'node:crypto';
import type { Authority } from './authority';
import { validity } from './validity';
import * as x509 from './x509';

export interface LeafRequest {
  /** DER SubjectPublicKeyInfo. */
  publicKeyDer: Buffer;
  /** Structured, never a `CN=…, OU=…` text: in such a text a name with a comma in it brings its own OU. */
  subject: x509.JsonNameParams;
  alternativeNames: x509.JsonGeneralNames;
  purpose: x509.ExtendedKeyUsage;
  now: Date;
  days: number;
}

/** Signs an end-entity certificate (RFC 5280): no CA, key for signatures only, one purpose, random 128-bit serial. */
export async function signLeaf({ signing }: Authority, request: LeafRequest): Promise<X509Certificate> {
  const issuer = new x509.X509Certificate(signing.certificate.raw);
  const publicKey = new x509.PublicKey(new Uint8Array(request.publicKeyDer));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(16).toString('hex'),
    subject: new x509.Name(request.subject),
    issuer: issuer.subjectName,
    ...validity(request.now, request.days),
    publicKey,
    signingKey: signing.key,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([request.purpose]),
      new x509.SubjectAlternativeNameExtension(request.alternativeNames),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return new X509Certificate(Buffer.from(certificate.rawData));
}
