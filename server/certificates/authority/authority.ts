import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { readAuthorityKey, writeAuthorityKey } from './authority-key';
import {
  CERTIFICATE_MODE,
  CertificateFileError,
  commitFile,
  KEY_MODE,
  readCertificateFile,
  stagedPath,
  stageFile,
} from '../certificate-file';
import { createAuthority } from './create-authority';
import { keyIdentifier, type Sign, signerOf } from '../der/ecdsa';
import { type Anchor, readAnchors } from './read-anchors';
import type { Passphrase } from './read-passphrases';
import { words } from '../../../words/words';

export { CertificateFileError } from '../certificate-file';

interface Options {
  now?: Date;
  passphrases?: Passphrase[];
  mayMake?: boolean;
  mustMake?: boolean;
  isReader?: boolean;
}

export interface Authority {
  /** Every CA we accept: during a roll-over there are two. */
  anchors: Anchor[];
  /** Their pins: what an agent has to trust. */
  pins: string[];
  /** The one of them that signs. */
  signing: Anchor & {
    /** RFC 5280, 4.2.1.2: how what it signs names its key. */
    keyIdentifier: Buffer;
    sign: Sign;
  };
  /** The pin of `signing`. */
  pin: string;
}

/**
 * Reads the CA from `ca.key` and `ca.crt` in the folder, and makes it when neither is there. `ca.crt` may hold several
 * CAs: all that have not expired are accepted, and the first that the key belongs to signs.
 * @param options.mayMake false where somebody trusts a CA already, who would refuse another
 * @param options.mustMake a person asked for a new one, having moved the old one away
 * @param options.passphrases the key is encrypted on disk with the first of them, plain when there is none
 * @param options.isReader nothing is written: of a command beside the server, which may run as another user, the server
 *   could not read a key any more
 * @throws CertificateFileError when only one is there, they do not belong together, or they cannot be used: a new CA in
 * place of a damaged one would lock out every agent, so that is for a person to decide.
 */
export async function loadAuthority(
  directory: string,
  { now = new Date(), passphrases = [], mayMake = true, mustMake = false, isReader = false }: Options = {},
): Promise<Authority> {
  const keyPath = join(directory, 'ca.key');
  const certificatePath = join(directory, 'ca.crt');
  let key = await readCertificateFile(keyPath);
  let pem = await readCertificateFile(certificatePath);
  let privateKey: KeyObject | undefined;
  if (mustMake && (key !== undefined || pem !== undefined)) {
    throw new CertificateFileError(words('server.ca.there_already', { folder: directory }));
  }
  if (key === undefined && pem === undefined) {
    if (isReader || (!mayMake && !mustMake)) {
      throw new CertificateFileError(words('server.ca.gone', { key: keyPath, certificate: certificatePath }));
    }
    ({ privateKey, certificate: pem } = createAuthority(now));
    key = await writeAuthorityKey(privateKey, passphrases);
    // Both are complete on disk before either is in place, so that a crash between the two renames can be finished.
    await stageFile(keyPath, key, KEY_MODE);
    await stageFile(certificatePath, pem, CERTIFICATE_MODE);
    await commitFile(keyPath);
    await commitFile(certificatePath);
  }
  if (key !== undefined && pem === undefined) {
    pem = await readCertificateFile(stagedPath(certificatePath));
    if (pem === undefined) throw lonely(keyPath, certificatePath);
    if (!isReader) await commitFile(certificatePath);
  }
  if (key === undefined || pem === undefined) throw lonely(certificatePath, keyPath);

  const anchors = readAnchors(certificatePath, pem);
  privateKey ??= await readAuthorityKey(keyPath, key, { passphrases, isReader });
  const signing = chooseSigning(anchors, privateKey, { keyPath, certificatePath });
  if (now > signing.notAfter) {
    const expired = { certificate: certificatePath, at: signing.notAfter.toISOString() };
    throw new CertificateFileError(words('server.ca.expired', expired));
  }
  const accepted = anchors.filter(({ notAfter }) => now <= notAfter);
  return {
    anchors: accepted,
    pins: [...new Set(accepted.map(({ pin }) => pin))],
    signing: { ...signing, keyIdentifier: keyIdentifier(signing.publicKeyDer), sign: signerOf(privateKey) },
    pin: signing.pin,
  };
}

function chooseSigning(anchors: Anchor[], key: KeyObject, paths: { keyPath: string; certificatePath: string }): Anchor {
  const found = anchors.find(({ certificate }) => certificate.checkPrivateKey(key));
  if (found) return found;
  const strangers = { certificate: paths.certificatePath, key: paths.keyPath };
  throw new CertificateFileError(words('server.ca.not_together', strangers));
}

function lonely(present: string, missing: string): CertificateFileError {
  return new CertificateFileError(words('server.ca.half', { missing, present }));
}
