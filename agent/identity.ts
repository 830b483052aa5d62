import 'reflect-metadata'; // @peculiar/x509 throws at import without it
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, webcrypto, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { EXIT, FatalError } from './process/exit-codes';
import { enrolmentProofText, type EnrolmentProof } from './protocol';
import { checkPrivateFile, FILES } from './state/open-folder';
import { createFile, MODE } from './state/write-file';
import { saidBy } from '../words/said-error';
import { words } from '../words/words';

/** The names of a key and its certificate in the state folder. */
export interface PairFiles {
  key: string;
  certificate: string;
}
export const CURRENT_PAIR: PairFiles = { key: FILES.key, certificate: FILES.certificate };
export const NEXT_PAIR: PairFiles = { key: FILES.nextKey, certificate: FILES.nextCertificate };

/** This machine's key. The private half is made here and never leaves the machine. */
export interface Identity {
  privateKey: KeyObject;
  /** PKCS #8, PEM: what TLS wants. */
  privateKeyPem: string;
  /** DER SubjectPublicKeyInfo. */
  publicKeyDer: Buffer;
  /** Where it and its certificate are kept. */
  files: PairFiles;
}

/**
 * Reads the key, or makes a P-256 key when there is none: on the first start, or for a renewal. Throws FatalError when
 * the file is not such a key or not private.
 */
export function openIdentity(folder: string, files = CURRENT_PAIR): Identity {
  const path = join(folder, files.key);
  try {
    if (!existsSync(path)) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      createFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), MODE.key);
    }
    checkPrivateFile(path);
    return { ...readIdentity(path, readFileSync(path, 'utf8')), files };
  } catch (error) {
    if (error instanceof FatalError) throw error;
    throw new FatalError(EXIT.STATE, words('agent.state.no_key', { path, reason: saidBy(error) }));
  }
}

function readIdentity(path: string, privateKeyPem: string): Omit<Identity, 'files'> {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(privateKeyPem);
  } catch {
    throw new FatalError(EXIT.CONFIG, words('agent.key.none', { path }));
  }
  if (privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new FatalError(EXIT.CONFIG, words('agent.key.wrong', { path }));
  }
  const publicKeyDer = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return { privateKey, privateKeyPem, publicKeyDer };
}

/**
 * A certificate signing request (PKCS #10, PEM), self-signed. The server decides every name in the certificate; the
 * one here is for readers.
 */
export async function createCsr(identity: Identity, fqdn: string): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const pkcs8 = identity.privateKey.export({ type: 'pkcs8', format: 'der' });
  const { subtle } = webcrypto;
  const [privateKey, publicKey] = await Promise.all([
    subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    subtle.importKey('spki', identity.publicKeyDer, algorithm, true, ['verify']),
  ]);
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: [{ CN: [fqdn] }], keys: { privateKey, publicKey }, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } },
    webcrypto as Crypto,
  );
  return request.toString('pem');
}

/** Proof that we hold the registered key, for this enrolment and this challenge only. Never logged. */
export function proveEnrolment(identity: Identity, enrolmentId: string, challenge: string): EnrolmentProof {
  const text = Buffer.from(enrolmentProofText(enrolmentId, challenge));
  const signature = sign('sha256', text, { key: identity.privateKey, dsaEncoding: 'der' });
  return { enrolmentId, challenge, signature: signature.toString('base64') };
}
