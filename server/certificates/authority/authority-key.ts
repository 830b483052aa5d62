import { createPrivateKey, type KeyObject } from 'node:crypto';
import { CertificateFileError, KEY_MODE, writeCertificateFile } from '../certificate-file';
import type { Passphrase } from './read-passphrases';
import { isSealed, openKey, sealKey } from './seal-key';
import { words } from '../../../words/words';

/** The text of `ca.key`: encrypted with the first passphrase, plain when there is none. */
export async function writeAuthorityKey(key: KeyObject, [first]: Passphrase[]): Promise<string> {
  return first ? sealKey(key, first.text) : key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/**
 * Opens the CA's key, and encrypts the file anew when it is plain or was encrypted with another than the first
 * passphrase, unless whoever opens it only reads. The file changes in one step: a crash leaves the old text or the new.
 * @throws CertificateFileError when it does not open or is no ECDSA P-256 key
 */
export async function readAuthorityKey(
  path: string,
  pem: string,
  { passphrases, isReader }: { passphrases: Passphrase[]; isReader: boolean },
): Promise<KeyObject> {
  const { key, openedBy } = isSealed(pem) ? await open(path, pem, passphrases) : { key: parse(path, pem) };
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new CertificateFileError(words('server.ca.wrong_key', { path }));
  }
  if (!isReader && openedBy !== passphrases[0]) {
    await writeCertificateFile(path, await writeAuthorityKey(key, passphrases), KEY_MODE);
  }
  return key;
}

async function open(path: string, pem: string, passphrases: Passphrase[]) {
  for (const openedBy of passphrases) {
    const key = await openKey(pem, openedBy.text);
    if (key) return { key, openedBy };
  }
  const tried = [...new Set(passphrases.map(({ origin }) => origin))].join(', ');
  throw new CertificateFileError(
    tried ? words('server.ca.wrong_passphrase', { path, tried }) : words('server.ca.encrypted', { path }),
  );
}

function parse(path: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new CertificateFileError(words('server.ca.no_key', { path }), { cause });
  }
}
