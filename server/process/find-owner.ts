import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pgliteFolder } from '../../db/pglite-folder';
import type { Config } from '../config';

/**
 * The user, by number, whose files the server's are, where that is another than who runs this: what we wrote would be
 * ours, and the server could not open it any more. Null where they are ours, or there are none, or users have no
 * numbers.
 */
export async function findOtherOwner({
  data_dir,
  certificates,
}: Pick<Config, 'data_dir'> & { certificates: Pick<Config['certificates'], 'path'> }): Promise<number | null> {
  if (!process.getuid) return null;
  // Each is only its owner's to open.
  for (const path of [
    join(data_dir, 'secret.key'),
    join(certificates.path, 'ca.key'),
    join(pgliteFolder(data_dir), 'PG_VERSION'),
  ]) {
    const stats = await stat(path).catch(() => null); // not there, or in a folder that is not for us
    if (stats) return stats.uid === process.getuid() ? null : stats.uid;
  }
  return null;
}
