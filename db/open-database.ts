import { inEnglish, type Say } from '../words/say';
import type { OpenDatabase } from './client';
import { openPostgresql, type PoolSettings } from './open-postgresql';

/** Enough for a command beside the server, and for tests. */
const POOL: PoolSettings = { connections: 20, wait_seconds: 10, read_seconds: 15 };

/**
 * PostgreSQL at `url`, or without one the embedded database in `<directory>/pglite`, made when it is missing.
 *
 * @param onError told of connections that PostgreSQL closed by itself; the pool replaces them
 * @throws DatabaseUnreachableError, DatabaseLockedError, DatabaseOpenError: each with one line for a person
 */
export async function openDatabase(options: {
  url?: string;
  directory: string;
  /** Of PostgreSQL; the embedded database has one connection. */
  pool?: PoolSettings;
  onError?: (error: Error) => void;
  /** Told of each statement how long it took, in seconds. */
  onQuery?: (seconds: number) => void;
  /** The language in which this process says why it ends, where the embedded database cannot go on. */
  say?: Say;
}): Promise<OpenDatabase> {
  const { url, directory, pool = POOL, onQuery = () => {}, say = inEnglish } = options;
  const onError = options.onError ?? ((error) => console.error(`database: ${error.message}`));
  if (url) return openPostgresql(url, { pool, onError, onQuery });
  // Its package is a tenth of a start, which whoever has PostgreSQL need not wait for.
  const { openPGlite } = await import('./open-pglite');
  return openPGlite(directory, { onQuery, say });
}
