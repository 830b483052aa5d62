import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { promisify } from 'node:util';
import { keyFingerprint } from '../../../agent/fingerprint';
import { AppError } from '../../errors';
import { elements } from './der';
import { ECDSA_WITH_SHA256, P256_PREFIX } from './ecdsa';

/** A request with a P-256 key is about 400 characters. */
const MAX_LENGTH = 4096;

const PEM = /^\s*-----BEGIN CERTIFICATE REQUEST-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE REQUEST-----\s*$/;

const P256_LENGTH = P256_PREFIX.length + 64;

/** What a BIT STRING of whole bytes begins with: its tag, then after the length, that no bits are unused. */
const BIT_STRING = 0x03;
const NO_UNUSED_BITS = 0;

/** RFC 2986, 4.1: `INTEGER 0`, and what follows the key, which is there even when it is empty. */
const VERSION_1 = Buffer.of(0x02, 0x01, 0x00);
const ATTRIBUTES = 0xa0;

const verifyOffThread = promisify(verify);

export interface RequestedKey {
  /** DER SubjectPublicKeyInfo. */
  publicKeyDer: Buffer;
  /** SHA-256 of `publicKeyDer`, lower-case hex. */
  keyFingerprint: string;
}

/**
 * Takes the public key out of a PKCS #10 request (RFC 2986, 4) once its signature proves that the sender holds the
 * private one. Names and extensions are never read: what a certificate says is for the server to decide.
 *
 * Reads the few bytes it needs itself: the ASN.1 library forgives BER, so that one request has many spellings, and
 * takes three times as long, which is a gift to whoever floods us.
 * @throws AppError `agent.csr_invalid` for anything but one request of at most 4,096 characters with a P-256 key,
 * signed with SHA-256
 */
export async function readCsr(pem: string): Promise<RequestedKey> {
  try {
    const publicKeyDer = await read(pem);
    return { publicKeyDer, keyFingerprint: keyFingerprint(publicKeyDer) };
  } catch (cause) {
    throw new AppError('agent.csr_invalid', { cause });
  }
}

async function read(pem: string): Promise<Buffer> {
  const base64 = pem.length <= MAX_LENGTH && PEM.exec(pem)?.[1];
  if (!base64) throw new Error(`not one PEM certificate request of at most ${MAX_LENGTH} characters`);
  const [request, ...afterRequest] = elements(Buffer.from(base64, 'base64'));
  if (request?.tag !== 0x30 || afterRequest.length > 0) throw new Error('not one DER sequence');
  const [info, algorithm, signature, ...afterSignature] = elements(request.content);
  if (info?.tag !== 0x30 || afterSignature.length > 0) throw new Error('not a certificate request');

  const [version, subject, key, attributes, ...afterAttributes] = elements(info.content);
  const isRequest = version?.whole.equals(VERSION_1) && subject?.tag === 0x30 && attributes?.tag === ATTRIBUTES;
  if (!isRequest || afterAttributes.length > 0) throw new Error('not a certificate request');
  const publicKey = key?.whole;
  // One spelling a key: the same point compressed would have another fingerprint, and one machine two rows.
  if (publicKey?.length !== P256_LENGTH || publicKey.indexOf(P256_PREFIX) !== 0) {
    throw new Error('not an uncompressed P-256 key');
  }
  if (!algorithm?.whole.equals(ECDSA_WITH_SHA256)) throw new Error('not signed with ECDSA and SHA-256');
  if (signature?.tag !== BIT_STRING || signature.content[0] !== NO_UNUSED_BITS) throw new Error('no signature');
  const signer = pointToKey(publicKey.subarray(P256_PREFIX.length));
  if (!(await verifyOffThread('sha256', info.whole, signer, signature.content.subarray(1)))) {
    throw new Error('not signed with the key it asks for');
  }
  return publicKey;
}

/**
 * By its two numbers, because OpenSSL takes twice as long to find its way into a SubjectPublicKeyInfo, all of which has
 * been read here already. @throws TypeError when the point is not on the curve
 */
function pointToKey(point: Buffer): KeyObject {
  const [x, y] = [point.toString('base64url', 0, 32), point.toString('base64url', 32)];
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
}
