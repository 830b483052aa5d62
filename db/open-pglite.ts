import { mkdir } from 'node:fs/promises';
import { writeSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { drizzle } from 'drizzle-orm/pglite';
import type { Database, OpenDatabase } from './client';
import { CrowdedError, DatabaseOpenError, MOST_WAITING } from './errors';
import { describeShortage, guardPGlite } from './guard-pglite';
import { lockDirectory } from './lock-directory';
import { makePGlite } from './make-pglite';
import { pgliteFolder } from './pglite-folder';
import * as schema from './schema';
import { timePGlite } from './time-queries';
import { createTurns } from './turns';
import type { Say } from '../words/say';
import { words } from '../words/words';

/** PGlite's own is 160 MB of shared buffers, all of which are in memory after a while. Written anew at each start. */
const SETTINGS = ['shared_buffers=32MB', 'timezone=UTC', "default_text_search_config='pg_catalog.english'"];

/**
 * V8 compiles a WebAssembly function a second time, better and slower, when so much of it has run: ten times what is
 * usual (`--wasm-tiering-budget` of Node 20, roughly bytes executed). PostgreSQL's start runs a great deal once, and a
 * third of its time went into that. What queries run is still compiled again within moments.
 */
const PATIENT_TIERING = '--wasm-tiering-budget=18000000';

/** EX_UNAVAILABLE of sysexits.h. */
const EX_UNAVAILABLE = 69;

/**
 * The embedded database in `<directory>/pglite`. One process at a time: two would corrupt it, so the directory is
 * locked. Where PostgreSQL panics, this process ends with its words: PGlite would compute for ever in the call that met
 * it.
 *
 * @param given.onQuery told of each statement how long it took, in seconds
 * @param given.say the language in which the process says why it ends
 */
export async function openPGlite(
  directory: string,
  { onQuery, say }: { onQuery: (seconds: number) => void; say: Say },
): Promise<OpenDatabase> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    const reason = (error as Error).message;
    throw new DatabaseOpenError(words('server.database.unwritable', { folder: directory, reason }), { cause: error });
  }
  const unlock = await lockDirectory(directory);
  const dataDir = pgliteFolder(directory);
  let isOpen = false;
  let lastWords = '';
  try {
    const shortage = describeShortage(directory);
    if (shortage) throw new DatabaseOpenError(shortage);
    await makePGlite(directory);
    const { client, ...opened } = await startPGlite({
      dataDir,
      postgresqlconf: SETTINGS,
      onStderr(text) {
        const [, level, reason] = /(FATAL|PANIC): +(.*)/.exec(text) ?? [];
        if (!reason) return false;
        lastWords = reason;
        if (level === 'PANIC' && isOpen) endWith(say(words('server.database.panicked', { folder: dataDir, reason })));
        return false;
      },
    });
    const { isLost } = guardPGlite(client, dataDir);
    timePGlite(client, onQuery);
    isOpen = true;
    return {
      ...opened,
      async close() {
        if (!isLost()) await client.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    if (error instanceof DatabaseOpenError) throw error;
    // What PGlite throws is about its own inside; what PostgreSQL said before is about the database.
    const reason = lastWords || (error as Error).message;
    throw new DatabaseOpenError(words('server.database.damaged', { folder: dataDir, reason }), { cause: error });
  }
}

function endWith(message: string): never {
  writeSync(process.stderr.fd, `sysmanage: ${message}\n`);
  process.exit(EX_UNAVAILABLE);
}

export async function startPGlite(options: PGliteOptions): Promise<OpenDatabase & { client: PGlite }> {
  // Not before it is used: a program that V8 has compiled under other flags is compiled anew
  // (server/process/run-compiled.ts).
  setFlagsFromString(PATIENT_TIERING);
  const client = await PGlite.create({ ...options, extensions: { pg_trgm } });
  const db: Database = drizzle(client, { schema });
  let last: Promise<unknown> = Promise.resolve();
  const turns = createTurns({
    perKey: () => 1,
    mostWaiting: { perKey: MOST_WAITING },
    crowded: () => new CrowdedError(),
  });
  return {
    kind: 'pglite',
    client,
    db,
    // It computes in this thread, where nothing can end a statement; but others' come between those of one reader.
    readsOf({ key, hasLeft }) {
      const inTurn: Pick<PGlite, 'query' | 'transaction'> = {
        query: (...query) => turns.take(key, () => client.query(...query), { hasLeft }),
        transaction: (run) => turns.take(key, () => client.transaction(run), { hasLeft }),
      };
      return drizzle(Object.assign(Object.create(client) as PGlite, inTurn)) as unknown as Database;
    },
    onOneConnection(run) {
      // There is one session, and in one session an advisory lock never waits: callers wait for each other here.
      const result = last.then(() => run(db));
      last = result.catch(() => {});
      return result;
    },
    close: () => client.close(),
  };
}
