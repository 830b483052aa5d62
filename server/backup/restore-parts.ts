import { createPrivateKey } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dumped } from '../../db/dump/dump-rows';
import { loadRows } from '../../db/dump/load-rows';
import { writeAuthorityKey } from '../certificates/authority/authority-key';
import { readPassphrases } from '../certificates/authority/read-passphrases';
import {
  CERTIFICATE_MODE,
  commitFile,
  KEY_MODE,
  readCertificateFile,
  stagedPath,
  stageFile,
  writeCertificateFile,
} from '../certificates/certificate-file';
import { type Config, loadConfig } from '../config';
import { refuseOthers } from '../process/find-owner';
import { openConfigured } from '../process/open-configured';
import { findSecret } from '../process/secret';
import { ArchiveError } from './seal-archive';
import type { KeptFile, Part } from './archive';
import { SaidError } from '../../words/said-error';
import { words } from '../../words/words';

/** There is something where the backup would go. */
export class NotEmptyError extends SaidError {
  override name = 'NotEmptyError';
}

/** What was restored: where the settings are, and how many rows of each table. */
export interface Restored {
  at: string;
  settings: Placed;
  tables: Record<string, number>;
}

/**
 * The file that the server reads its settings from, and where the backup's are, which is another where this machine has
 * settings that differ. Null where there are none.
 */
interface Placed {
  inForce: string | null;
  ofBackup: string | null;
}

/**
 * Puts a backup where a configuration says, which may be that of the backup itself. Files first: what is there already
 * and is the same is left, so that a restore that broke off can be begun again; the database is all or nothing.
 * @param parts of an archive that is known to be whole
 * @param configArgs for `loadConfig`
 * @param settings where the configuration of this machine is or would be
 * @throws NotEmptyError, ArchiveError, DumpError, DatabaseOpenError, ConfigError, CertificateFileError, CommandError
 */
export async function restoreParts(
  parts: AsyncGenerator<Part>,
  { configArgs, settings }: { configArgs: string[]; settings: string | undefined },
): Promise<Restored> {
  const { manifest, files, rest } = await readHead(parts);
  const { config, placed } = await restoreSettings(settings ?? manifest.settings, files.settings, configArgs);
  await restoreSecret(config, files.secret!);
  await restoreAuthority(config, { crt: files['ca.crt']!, key: files['ca.key']! });
  const database = await openConfigured(config);
  try {
    return { at: manifest.at, settings: placed, tables: await loadRows(database, rest) };
  } finally {
    await database.close();
  }
}

/**
 * This machine's settings hold, as a package has written some; the backup's are laid beside the data where they differ.
 * Nothing stays of what is not the server's user's to restore.
 */
async function restoreSettings(
  target: string | null,
  kept: string | undefined,
  configArgs: string[],
): Promise<{ config: Config; placed: Placed }> {
  const present = target === null ? undefined : await readCertificateFile(target);
  if (target !== null && kept !== undefined && present === undefined) {
    await stageFile(target, kept, KEY_MODE);
    try {
      const config = await prepare(['--config', stagedPath(target)]);
      await commitFile(target);
      return { config, placed: { inForce: target, ofBackup: target } };
    } finally {
      await rm(stagedPath(target), { force: true });
    }
  }
  const inForce = present === undefined ? null : target;
  const config = await prepare(inForce === null ? configArgs : ['--config', inForce]);
  if (kept === undefined || kept === present)
    return { config, placed: { inForce, ofBackup: kept === undefined ? null : inForce } };
  const ofBackup = join(config.data_dir, 'restored.yaml');
  await writeCertificateFile(ofBackup, kept, KEY_MODE);
  return { config, placed: { inForce, ofBackup } };
}

/** The configuration, with a folder for the data, where whoever runs this is to write them. */
async function prepare(configArgs: string[]): Promise<Config> {
  const config = loadConfig(configArgs);
  await refuseOthers(config);
  await mkdir(config.data_dir, { recursive: true, mode: 0o700 });
  return config;
}

async function readHead(parts: AsyncGenerator<Part>) {
  const first = await parts.next();
  if (first.done || first.value.kind !== 'manifest' || first.value.format !== 1)
    throw new ArchiveError(words('server.archive.newer'));
  const files: Partial<Record<KeptFile, string>> = {};
  let next = await parts.next();
  for (; !next.done && next.value.kind === 'file'; next = await parts.next()) files[next.value.name] = next.value.text;
  for (const name of ['ca.crt', 'ca.key', 'secret'] as const)
    if (files[name] === undefined) throw new ArchiveError(words('server.archive.without', { name }));
  return { manifest: first.value, files, rest: rowsFrom(next, parts) };
}

async function* rowsFrom(first: IteratorResult<Part>, parts: AsyncGenerator<Part>): AsyncGenerator<Dumped> {
  for (let next = first; !next.done; next = await parts.next()) yield next.value as Dumped;
}

async function restoreSecret(config: Config, secret: string): Promise<void> {
  const there = await findSecret(config);
  if (there === secret) return;
  if (there !== undefined)
    throw new NotEmptyError(
      words('server.restore.other_secret', { where: config.secret_key ? 'secret_key' : config.data_dir }),
    );
  await writeCertificateFile(join(config.data_dir, 'secret.key'), secret, KEY_MODE);
}

/** The key is encrypted as this machine's settings say. */
async function restoreAuthority(config: Config, { crt, key }: { crt: string; key: string }): Promise<void> {
  const path = (name: string) => join(config.certificates.path, name);
  const there = await readCertificateFile(path('ca.crt'));
  if (there !== undefined && there !== crt)
    throw new NotEmptyError(words('server.restore.other_ca', { folder: config.certificates.path }));
  const text = await writeAuthorityKey(createPrivateKey(key), await readPassphrases(config));
  await writeCertificateFile(path('ca.key'), text, KEY_MODE);
  await writeCertificateFile(path('ca.crt'), crt, CERTIFICATE_MODE);
}
