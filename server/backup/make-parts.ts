import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { OpenDatabase } from '../../db/client';
import { type Dumped, dumpRows } from '../../db/dump/dump-rows';
import { DatabaseLockedError } from '../../db/errors';
import { readAuthorityKey } from '../certificates/authority/authority-key';
import { readPassphrases } from '../certificates/authority/read-passphrases';
import { CertificateFileError, readCertificateFile } from '../certificates/certificate-file';
import type { Config } from '../config';
import { openConfigured } from '../process/open-configured';
import { projectRoot } from '../process/project';
import { findSecret } from '../process/secret';
import { type Part, readParts } from './archive';
import { askForDump } from './serve-dump';
import { words } from '../../words/words';

/**
 * Everything that a restore needs: the CA, the secret, the settings, and the database as it is at one moment, be a
 * server running or not.
 * @throws CertificateFileError where the CA or the secret is not there
 */
export async function* makeParts(config: Config, settings: string | undefined): AsyncGenerator<Part> {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  yield { kind: 'manifest', format: 1, version, at: new Date().toISOString(), settings: settings ?? null };
  const path = (name: string) => join(config.certificates.path, name);
  const key = await readAuthorityKey(path('ca.key'), await need(path('ca.key')), {
    passphrases: await readPassphrases(config),
    isReader: true,
  });
  yield { kind: 'file', name: 'ca.crt', text: await need(path('ca.crt')) };
  yield { kind: 'file', name: 'ca.key', text: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
  const secret = await findSecret(config);
  if (!secret) throw new CertificateFileError(words('server.backup.no_secret', { folder: config.data_dir }));
  yield { kind: 'file', name: 'secret', text: secret };
  if (settings) yield { kind: 'file', name: 'settings', text: await need(settings) };
  yield* await dump(config);
}

async function need(path: string): Promise<string> {
  const text = await readCertificateFile(path);
  if (text === undefined) throw new CertificateFileError(words('server.backup.no_file', { path }));
  return text;
}

/** Of the database itself, or where a server has the embedded one, of that. */
async function dump(config: Config): Promise<AsyncIterable<Dumped>> {
  try {
    return dumpOf(await openConfigured(config));
  } catch (error) {
    if (!(error instanceof DatabaseLockedError)) throw error;
    const compressed = await askForDump(config.data_dir).catch(() => Promise.reject(error)); // whoever has it is no server
    return readParts<Dumped>(compressed);
  }
}

async function* dumpOf(database: OpenDatabase): AsyncGenerator<Dumped> {
  const parts = new PassThrough({ objectMode: true });
  const left = once(parts, 'close').then(() => Promise.reject(new Error('nobody takes the dump any more')));
  left.catch(() => undefined); // told to the dump, if it goes on
  const dumping = dumpRows(database, async (part) => {
    if (!parts.write(part)) await Promise.race([once(parts, 'drain'), left]);
  }).then(
    () => void parts.end(),
    (error: Error) => void parts.destroy(error),
  );
  try {
    yield* parts as AsyncIterable<Dumped>;
  } finally {
    await dumping;
    await database.close();
  }
}
