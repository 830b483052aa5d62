import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { keyFingerprint } from '../../agent/fingerprint';
import {
  CERTIFICATE_MODE,
  CertificateFileError,
  commitFile,
  KEY_MODE,
  readCertificateFile,
  stagedPath,
  stageFile,
} from './certificate-file';
import { createAuthority, signingKey } from './create-authority';
import { readLeaf } from './read-leaf';

export { CertificateFileError } from './certificate-file';

const START_ANEW = 'to start a new CA (every agent must enrol again)';

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
}

export interface Authority {
  /** Every CA we accept: during a roll-over there are two. */
  anchors: Anchor[];
  /** The one of them that signs. */
  signing: Anchor & { key: CryptoKey };
  /** The pin of `signing`. */
  pin: string;
}

/**
 * Reads the CA from `ca.key` and `ca.crt` in the folder, and makes it when neither is there.
 * @throws CertificateFileError when only one is there, they do not belong together, or they cannot be used: a new CA in
 * place of a damaged one would lock out every agent, so that is for a person to decide.
 */
export async function loadAuthority(directory: string, now = new Date()): Promise<Authority> {
  const keyPath = join(directory, 'ca.key');
  const certificatePath = join(directory, 'ca.crt');
  let key = await readCertificateFile(keyPath);
  let pem = await readCertificateFile(certificatePath);
  if (key === undefined && pem === undefined) {
    ({ key, certificate: pem } = await createAuthority(now));
    // Both are complete on disk before either is in place, so that a crash between the two renames can be finished.
    await stageFile(keyPath, key, KEY_MODE);
    await stageFile(certificatePath, pem, CERTIFICATE_MODE);
    await commitFile(keyPath);
    await commitFile(certificatePath);
  }
  if (key !== undefined && pem === undefined) {
    pem = await readCertificateFile(stagedPath(certificatePath));
    if (pem === undefined) throw lonely(keyPath, certificatePath);
    await commitFile(certificatePath);
  }
  if (key === undefined || pem === undefined) throw lonely(certificatePath, keyPath);

  const certificate = readCertificate(certificatePath, pem, now);
  const privateKey = readPrivateKey(keyPath, key);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CertificateFileError(
      `${certificatePath} does not belong to ${keyPath}: bring both back from the same backup`,
    );
  }
  const anchor = anchorOf(certificate);
  const signing = { ...anchor, key: await signingKey(privateKey) };
  return { anchors: [anchor], signing, pin: anchor.pin };
}

function anchorOf(certificate: X509Certificate): Anchor {
  const { publicKey } = certificate;
  const publicKeyDer = publicKey.export({ type: 'spki', format: 'der' });
  return { certificate, publicKey, pem: certificate.toString(), publicKeyDer, pin: keyFingerprint(publicKeyDer) };
}

function readPrivateKey(path: string, pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch (cause) {
    throw new CertificateFileError(`${path} is not an unencrypted private key in PEM: bring it back from a backup`, {
      cause,
    });
  }
  throw new CertificateFileError(
    `${path} is not an ECDSA P-256 key: bring the one made by SysManage back from a backup`,
  );
}

function readCertificate(path: string, pem: string, now: Date): X509Certificate {
  let certificate, notAfter;
  try {
    certificate = new X509Certificate(pem);
    ({ notAfter } = readLeaf(certificate.raw));
  } catch (cause) {
    throw new CertificateFileError(`${path} is not a certificate in PEM: bring it back from a backup`, { cause });
  }
  if (!certificate.ca) {
    throw new CertificateFileError(
      `${path} is not a CA certificate: bring the one made by SysManage back from a backup`,
    );
  }
  if (now > notAfter) {
    throw new CertificateFileError(
      `${path} expired on ${notAfter.toISOString()}: correct the clock, or move ca.key and ca.crt away ${START_ANEW}`,
    );
  }
  return certificate;
}

function lonely(present: string, missing: string): CertificateFileError {
  return new CertificateFileError(
    `${missing} is missing but ${present} is there: bring it back from a backup, or move ${present} away ${START_ANEW}`,
  );
}
