import { stat } from 'node:fs/promises';
import type { Config } from '../../config';
import { CertificateFileError, readCertificateFile } from '../certificate-file';
import { words } from '../../../words/words';

/** What the CA's key is encrypted with, and where it came from, for a message: the text itself is never shown. */
export interface Passphrase {
  text: string;
  origin: string;
}

const SHORTEST = 12;

/**
 * The first encrypts; each of them may open what is already encrypted, and then gives way to the first. So a passphrase
 * is changed by writing the new one above the old, and `secret_key` gives way to a file by naming the file.
 * None when neither is configured.
 * @throws CertificateFileError
 */
export async function readPassphrases(config: Pick<Config, 'secret_key' | 'certificates'>): Promise<Passphrase[]> {
  const { passphrase_file: path } = config.certificates;
  const fromFile = path ? await readPassphraseFile(path) : [];
  return config.secret_key ? [...fromFile, { text: config.secret_key, origin: 'secret_key' }] : fromFile;
}

async function readPassphraseFile(path: string): Promise<Passphrase[]> {
  const text = await readCertificateFile(path);
  if (text === undefined) {
    throw new CertificateFileError(words('server.passphrases.no_file', { path }));
  }
  // Windows keeps access lists, not modes.
  if (process.platform !== 'win32' && (await stat(path)).mode & 0o004) {
    throw new CertificateFileError(words('server.passphrases.open', { path, command: `chmod 600 ${path}` }));
  }
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  if (lines.length === 0 || lines.some((line) => line.length < SHORTEST)) {
    throw new CertificateFileError(words('server.passphrases.short', { path, least: SHORTEST }));
  }
  return lines.map((line) => ({ text: line, origin: path }));
}
