import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { KEY_MODE, readCertificateFile, writeCertificateFile } from './certificates/certificate-file';
import type { Config } from './config';

/** The server's own secret: the configured one, or one made at the first start and kept beside the data, readable by its owner alone. */
export async function loadSecret({ secret_key, data_dir }: Config): Promise<string> {
  if (secret_key) return secret_key;
  const path = join(data_dir, 'secret.key');
  const kept = await readCertificateFile(path);
  if (kept) return kept;
  const made = randomBytes(32).toString('base64url');
  await writeCertificateFile(path, made, KEY_MODE);
  return made;
}
