import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pgliteFolder } from '../../db/pglite-folder';
import type { Config } from '../config';
import { CommandError } from './command-error';
import { words } from '../../words/words';

/** EX_NOPERM of sysexits.h. */
const EX_NOPERM = 77;

/** Where the server's files are. */
type Places = Pick<Config, 'data_dir'> & { certificates: Pick<Config['certificates'], 'path'> };

/**
 * The user, by number, whose files the server's are, where that is another than who runs this: what we wrote would be
 * ours, and the server could not open it any more. Null where they are ours, or there are none, or users have no
 * numbers.
 */
export async function findOtherOwner({ data_dir, certificates }: Places): Promise<number | null> {
  if (!process.getuid) return null;
  // Each is only its owner's to open.
  const paths = [
    join(data_dir, 'secret.key'),
    join(certificates.path, 'ca.key'),
    join(pgliteFolder(data_dir), 'PG_VERSION'),
  ];
  // Before there is any, the folder says whose they will be. Only root may write into those of others.
  if (process.getuid() === 0) paths.push(data_dir);
  for (const path of paths) {
    const stats = await stat(path).catch(() => null); // not there, or in a folder that is not for us
    if (stats) return stats.uid === process.getuid() ? null : stats.uid;
  }
  return null;
}

/** @throws CommandError for whoever is not the server's user: what they wrote it could not open */
export async function refuseOthers(places: Places): Promise<void> {
  const owner = await findOtherOwner(places);
  if (owner === null) return;
  throw new CommandError(
    words('server.store.of_others', { owner: String(owner), command: `sudo -u '#${owner}'` }),
    EX_NOPERM,
  );
}
