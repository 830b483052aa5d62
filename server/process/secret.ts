import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  CertificateFileError,
  KEY_MODE,
  readCertificateFile,
  writeCertificateFile,
} from '../certificates/certificate-file';
import type { Config } from '../config';
import { words } from '../../words/words';

/**
 * The server's own secret: the configured one, or one made at the first start and kept beside the data, readable by its
 * owner alone.
 * @param options.mayMake false where records are sealed with one: with another, all of them would read as forged
 * @throws CertificateFileError
 */
export async function loadSecret(config: Config, { mayMake = true } = {}): Promise<string> {
  const kept = await findSecret(config);
  if (kept) return kept;
  if (!mayMake && !config.newSecret) {
    throw new CertificateFileError(words('server.secret.gone', { path: pathOf(config) }));
  }
  const made = randomBytes(32).toString('base64url');
  await writeCertificateFile(pathOf(config), made, KEY_MODE);
  return made;
}

/** The same, if there is one yet. */
export const findSecret = async (config: Config): Promise<string | undefined> =>
  config.secret_key ?? (await readCertificateFile(pathOf(config)));

const pathOf = ({ data_dir }: Config) => join(data_dir, 'secret.key');
