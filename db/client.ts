import type { Assume, ExtractTablesWithRelations } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from 'drizzle-orm/pg-core';
import { openPGlite } from './open-pglite';
import { openPostgresql, type PoolSettings } from './open-postgresql';
import type * as schema from './schema';

interface Rows<Row> {
  rows: Row[];
}

/** What a raw query returns on both drivers. They disagree on the name of the row count, so it is left out: use `returning`. */
interface QueryResult extends PgQueryResultHKT {
  type: Rows<Assume<this['row'], Record<string, unknown>>>;
}

/** Either database. A transaction is one too, so that a verb function can be called inside or outside of one. */
export type Database = PgDatabase<QueryResult, typeof schema>;
export type Transaction = PgTransaction<QueryResult, typeof schema, ExtractTablesWithRelations<typeof schema>>;

export interface OpenDatabase {
  kind: 'postgresql' | 'pglite';
  db: Database;
  /** Runs everything on a single connection, which is what session-level locks need. */
  onOneConnection: <T>(run: (db: Database) => Promise<T>) => Promise<T>;
  close: () => Promise<void>;
}

/** Enough for a command beside the server, and for tests. */
const POOL: PoolSettings = { connections: 20, wait_seconds: 10 };

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
}): Promise<OpenDatabase> {
  const onError = options.onError ?? ((error) => console.error(`database: ${error.message}`));
  return options.url ? openPostgresql(options.url, options.pool ?? POOL, onError) : openPGlite(options.directory);
}
