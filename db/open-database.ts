import type { OpenDatabase } from './client';
import { openPGlite } from './open-pglite';
import { openPostgresql, type PoolSettings } from './open-postgresql';

/** Enough for a command beside the server, and for tests. */
const POOL: PoolSettings = { connections: 20, wait_seconds: 10, read_seconds: 15 };

/**
 * PostgreSQL at `url`, or without one the embedded database in `<directory>/pglite`, made when it is missing.
 *
 * @param onError told of connections that PostgreSQL closed by itself; the pool replaces them
 * @throws DatabaseUnreachableError, DatabaseLockedError, DatabaseOpenError: each with one line for a person
 */
export function openDatabase(options: {
  url?: string;
  directory: string;
  /** Of PostgreSQL; the embedded database has one connection. */
  pool?: PoolSettings;
  onError?: (error: Error) => void;
  /** Told of each statement how long it took, in seconds. */
  onQuery?: (seconds: number) => void;
}): Promise<OpenDatabase> {
  const { url, directory, pool = POOL, onQuery = () => {} } = options;
  const onError = options.onError ?? ((error) => console.error(`database: ${error.message}`));
  return url ? openPostgresql(url, { pool, onError, onQuery }) : openPGlite(directory, onQuery);
}
