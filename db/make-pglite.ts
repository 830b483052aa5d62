import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { DatabaseOpenError } from './errors';
import { pgliteFolder } from './pglite-folder';
import { words } from '../words/words';

/** Without one of these there is no database: PGlite would make a new one in its place, or break off while it opens. */
const ESSENTIAL = ['PG_VERSION', 'base', 'global/pg_control', 'pg_wal', 'pg_xact'];

/** A file beside it that says that there was one: an empty database in place of one that is gone would be believed. */
const pgliteMark = (directory: string) => join(directory, 'pglite.made');

/**
 * Makes the embedded database when there never was one. It appears whole: what a crash leaves has another name.
 * @param directory locked by the caller
 * @throws DatabaseOpenError when there was one and it, or a part of it, is gone
 */
export async function makePGlite(directory: string): Promise<void> {
  const folder = pgliteFolder(directory);
  const mark = pgliteMark(directory);
  if (await isEmpty(folder)) {
    if (existsSync(mark)) {
      throw new DatabaseOpenError(words('server.database.gone', { folder, mark }));
    }
    await make(folder, join(directory, 'pglite.new')).catch((error: Error) => {
      throw new DatabaseOpenError(words('server.database.unmade', { folder, reason: error.message }), { cause: error });
    });
  }
  const missing = ESSENTIAL.filter((part) => !existsSync(join(folder, part)));
  if (missing.length > 0) {
    throw new DatabaseOpenError(words('server.database.not_whole', { folder, missing: missing.join(', '), mark }));
  }
  if (!existsSync(mark))
    await writeFile(mark, 'There is a database in the folder pglite. Remove both to start anew.\n');
}

async function isEmpty(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

async function make(folder: string, unfinished: string): Promise<void> {
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  // Making takes 800 MB, which the instance that did it keeps: the one that serves is another.
  const client = await PGlite.create(unfinished);
  await client.close();
  if (existsSync(folder)) await rmdir(folder);
  await rename(unfinished, folder);
}
