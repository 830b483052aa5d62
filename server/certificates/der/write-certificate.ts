import { randomBytes } from 'node:crypto';
import { ECDSA_WITH_SHA256, type Sign, signed } from './ecdsa';
import { integer, objectIdentifier, sequence, set, tagged, time, utf8String } from './write-der';

/** X.509 v3 counts its versions from 0. */
const VERSION_3 = tagged(0, integer(2));
const COMMON_NAME = objectIdentifier('2.5.4.3');
const ORGANIZATIONAL_UNIT = objectIdentifier('2.5.4.11');

/** Structured, never a `CN=…, OU=…` text: in such a text a name with a comma in it brings its own OU. */
export interface Subject {
  commonName?: string;
  organizationalUnit?: string;
}

interface Certificate {
  serial: Buffer;
  /** DER Name. */
  issuer: Buffer;
  notBefore: Date;
  notAfter: Date;
  /** DER Name. */
  subject: Buffer;
  /** DER SubjectPublicKeyInfo. */
  publicKeyDer: Buffer;
  /** DER Extensions, as `extensions.ts` makes them. */
  extensions: Buffer[];
}

/**
 * The DER of a certificate (RFC 5280, 4.1).
 *
 * Why not the ASN.1 library: with it one certificate takes some twenty times as long, and a fleet that renews at once
 * would keep the server from everything else.
 */
export function writeCertificate(certificate: Certificate, sign: Sign): Buffer {
  const { serial, issuer, notBefore, notAfter, subject, publicKeyDer, extensions } = certificate;
  const toBeSigned = sequence(
    VERSION_3,
    integer(serial),
    ECDSA_WITH_SHA256,
    issuer,
    sequence(time(notBefore), time(notAfter)),
    subject,
    publicKeyDer,
    tagged(3, sequence(...extensions)),
  );
  return signed(toBeSigned, sign);
}

/** DER Name: the attributes there are, CN first. */
export function distinguishedName({ commonName, organizationalUnit }: Subject): Buffer {
  const attributes = [];
  if (commonName !== undefined) attributes.push([COMMON_NAME, utf8String(commonName)]);
  if (organizationalUnit !== undefined) attributes.push([ORGANIZATIONAL_UNIT, utf8String(organizationalUnit)]);
  return sequence(...attributes.map((attribute) => set(sequence(...attribute))));
}

/** 126 random bits in 16 bytes, always positive and never shortened: its hex is how OpenSSL and Node print it. */
export function newSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial;
}
