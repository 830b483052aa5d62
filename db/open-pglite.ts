import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { drizzle } from 'drizzle-orm/pglite';
import type { Database, OpenDatabase } from './client';
import { DatabaseOpenError } from './errors';
import { lockDirectory } from './lock-directory';
import * as schema from './schema';

/** The embedded database in `<directory>/pglite`. One process at a time: two would corrupt it, so the directory is locked. */
export async function openPGlite(directory: string): Promise<OpenDatabase> {
  const dataDir = join(directory, 'pglite');
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DatabaseOpenError(`The data directory ${directory} cannot be written: ${(error as Error).message}`, { cause: error });
  }
  const unlock = await lockDirectory(directory);
  try {
    const { client, ...opened } = await startPGlite({ dataDir });
    return {
      ...opened,
      async close() {
        await client.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw new DatabaseOpenError(`The embedded database in ${dataDir} cannot be opened: ${(error as Error).message}`, { cause: error });
  }
}

export async function startPGlite(options: PGliteOptions): Promise<OpenDatabase & { client: PGlite }> {
  const client = await PGlite.create({ ...options, extensions: { pg_trgm } });
  const db: Database = drizzle(client, { schema });
  let last: Promise<unknown> = Promise.resolve();
  return {
    kind: 'pglite',
    client,
    db,
    onOneConnection(run) {
      // There is one session, and in one session an advisory lock never waits: callers wait for each other here.
      const result = last.then(() => run(db));
      last = result.catch(() => {});
      return result;
    },
    close: () => client.close(),
  };
}
