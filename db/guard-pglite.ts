import { statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { DatabaseUnavailableError } from './errors';
import { words, type Words } from '../words/words';

/** Two segments of PostgreSQL's log, in bytes. Without room for the next, PGlite never returns from the call. */
const ROOM = 2 * 16 * 2 ** 20;

/** Files that live as long as a database does. */
const WITNESSES = ['PG_VERSION', 'global/pg_control'];

/** What there is to say when the disk of that folder has too little room left for the database, or null. */
export function describeShortage(folder: string): Words | null {
  const { blocks, bavail, bsize } = statfsSync(folder);
  // Some file systems do not tell their size.
  if (blocks === 0 || bavail * bsize >= ROOM) return null;
  return words('server.database.no_room', { folder, megabytes: ROOM / 2 ** 20 });
}

/**
 * Looks at the ground before and after each query: PGlite writes on into files that are deleted, and says that it did.
 * The look takes 10 µs. What is gone once stays so for this process: files put back are not the ones it has open.
 * @returns whether it is gone; then it must not be closed either, which would write
 * @throws from each query DatabaseUnavailableError, `lost` or `full`
 */
export function guardPGlite(client: PGlite, folder: string): { isLost: () => boolean } {
  const identities = () => WITNESSES.map((name) => statSync(join(folder, name)).ino).join();
  const opened = identities();
  let lost: DatabaseUnavailableError | undefined;

  function requireThere() {
    try {
      if (!lost && identities() === opened) return;
    } catch {
      // It is gone, or on its way.
    }
    throw (lost ??= new DatabaseUnavailableError('lost', words('server.database.lost', { folder })));
  }

  function requireRoom() {
    const shortage = describeShortage(folder);
    if (shortage) throw new DatabaseUnavailableError('full', shortage);
  }

  const guarded =
    <Args extends unknown[], Result>(run: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      requireThere();
      requireRoom();
      try {
        return await run.apply(client, args);
      } finally {
        // Above an error of the query's own, too: that it cannot open a file says less.
        requireThere();
      }
    };
  Object.assign(client, {
    query: guarded(client.query.bind(client)),
    exec: guarded(client.exec.bind(client)),
    transaction: guarded(client.transaction.bind(client)),
  });
  return {
    isLost() {
      try {
        requireThere();
        return false;
      } catch {
        return true;
      }
    },
  };
}
