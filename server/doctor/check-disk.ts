import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../config';
import { about, type Finding } from './finding';
import { words } from '../../words/words';

const { good, warning, bad } = about('disk');

const MIB = 2 ** 20;
/** The embedded database stops below it (db/guard-pglite.ts). */
const LEAST = 32 * MIB;
/** A day of a middling fleet, and a backup of it. */
const LITTLE = 1024 * MIB;

/** Whether there is room where the server writes. PostgreSQL's own disk is not ours to see. */
export async function checkDisk({ data_dir, log }: Pick<Config, 'data_dir' | 'log'>): Promise<Finding[]> {
  const folders = [data_dir, ...(log.file ? [dirname(log.file)] : [])];
  return Promise.all(folders.map(checkOne));
}

async function checkOne(folder: string): Promise<Finding> {
  const { blocks, bavail, bsize } = await statfs(nearest(folder));
  const free = bavail * bsize;
  // Some file systems do not tell their size.
  if (blocks === 0) return good(words('server.doctor.disk.unknown', { folder }));
  const left = words('server.doctor.disk.left', { folder, megabytes: Math.floor(free / MIB) });
  const mend = words('server.doctor.disk.mend');
  if (free < LEAST) return bad(left, mend);
  return free < LITTLE ? warning(left, mend) : good(left);
}

/** The folder itself, or the first above it that is there. */
function nearest(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearest(dirname(folder));
}
