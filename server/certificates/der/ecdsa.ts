import { createHash, type KeyObject, sign } from 'node:crypto';
import { bitString, objectIdentifier, sequence } from './write-der';

/** RFC 5758, 3.2: the AlgorithmIdentifier of every signature we make or accept. */
export const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

/** RFC 5480: what comes before the 64 bytes of an uncompressed point in the SubjectPublicKeyInfo of a P-256 key. */
export const P256_PREFIX = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');

/** Signs with ECDSA over P-256 and SHA-256; returns the DER signature. */
export type Sign = (bytes: Uint8Array) => Buffer;

/** The key as nothing but its one act, so that nothing can log, send or export it. */
export function signerOf(privateKey: KeyObject): Sign {
  return (bytes) => sign('sha256', bytes, { key: privateKey, dsaEncoding: 'der' });
}

/** What certificates, requests and revocation lists have in common: something, the algorithm, the signature over it. */
export function signed(toBeSigned: Buffer, sign: Sign): Buffer {
  return sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(sign(toBeSigned)));
}

/**
 * RFC 5280, 4.2.1.2 (1): SHA-1 of the key without its SubjectPublicKeyInfo around it. It tells keys apart when chains
 * are put together; nothing is trusted by it.
 */
export function keyIdentifier(publicKeyDer: Buffer): Buffer {
  return createHash('sha1')
    .update(publicKeyDer.subarray(P256_PREFIX.length - 1))
    .digest();
}
