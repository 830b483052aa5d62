import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../config';
import { about, type Finding } from './finding';
import { words } from '../../words/words';

const { good, warning, bad } = about('files');

interface Wanted {
  path: string;
  /** The bits that it may have, and no other: a secret is its owner's alone, a folder may be looked into. */
  most: number;
  isFolder?: boolean;
}

/** Whether folders and files are there for who runs this, and for nobody whom they are none of the business of. */
export async function checkFiles(config: Config, configFile: string | undefined): Promise<Finding[]> {
  const { data_dir, certificates, tls, log } = config;
  const wanted: Wanted[] = [
    ...(configFile ? [{ path: configFile, most: 0o600 }] : []),
    { path: data_dir, most: 0o700, isFolder: true },
    { path: join(data_dir, 'secret.key'), most: 0o600 },
    { path: certificates.path, most: 0o755, isFolder: true },
    { path: join(certificates.path, 'ca.key'), most: 0o600 },
    { path: join(certificates.path, 'server.key'), most: 0o600 },
    // A group of its own for whatever reads keys of the web is usual.
    ...(tls.key ? [{ path: tls.key, most: 0o640 }] : []),
    ...(certificates.passphrase_file ? [{ path: certificates.passphrase_file, most: 0o600 }] : []),
    ...(log.file ? [{ path: dirname(log.file), most: 0o755, isFolder: true }] : []),
  ];
  const found = (await Promise.all(wanted.map(checkOne))).flat();
  return found.length > 0 ? found : [good(words('server.doctor.files.right'))];
}

async function checkOne({ path, most, isFolder = false }: Wanted): Promise<Finding[]> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (stats instanceof Error) {
    // What is not there yet, the first start makes.
    if (stats.code === 'ENOENT') return [];
    return [
      bad(
        words('server.doctor.files.hidden', { path, code: stats.code ?? '' }),
        words('server.doctor.files.hidden_mend'),
      ),
    ];
  }
  const findings: Finding[] = [];
  // Windows keeps access lists, not modes.
  const mode = stats.mode & 0o777;
  if (process.platform !== 'win32' && mode & ~most) {
    const found = words('server.doctor.files.open', { path, mode: mode.toString(8) });
    findings.push((isFolder ? warning : bad)(found, `chmod ${most.toString(8)} ${path}`));
  }
  const needed = isFolder ? constants.R_OK | constants.W_OK | constants.X_OK : constants.R_OK;
  await access(path, needed).catch(() => {
    const user = process.getuid?.() ?? 'USER';
    const mend = words('server.doctor.files.not_ours_mend', { command: `chown ${user} ${path}` });
    findings.push(bad(words('server.doctor.files.not_ours', { path }), mend));
  });
  return findings;
}
