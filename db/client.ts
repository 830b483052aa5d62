import type { Assume, ExtractTablesWithRelations } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from 'drizzle-orm/pg-core';
import type * as schema from './schema';

interface Rows<Row> {
  rows: Row[];
}

/**
 * What a raw query returns on both drivers. They disagree on the name of the row count, so it is left out: use
 * `returning`.
 */
interface QueryResult extends PgQueryResultHKT {
  type: Rows<Assume<this['row'], Record<string, unknown>>>;
}

/** Either database. A transaction is one too, so that a verb function can be called inside or outside of one. */
export type Database = PgDatabase<QueryResult, typeof schema>;
export type Transaction = PgTransaction<QueryResult, typeof schema, ExtractTablesWithRelations<typeof schema>>;

/** Who reads, where one must not keep others from it. */
export interface Reader {
  /** All that has the same one waits for itself: a person's id. */
  key: string;
  /** Whether nobody waits for the answer any more: what has not begun then never does. */
  hasLeft?: () => boolean;
  /** A part of a long answer that cannot be asked again may take ten times as long. */
  isExport?: boolean;
}

export interface OpenDatabase {
  kind: 'postgresql' | 'pglite';
  db: Database;
  /**
   * The same for what a person asks, however they ask it: a quarter of the connections at once, and PostgreSQL ends a
   * statement that takes too long. It has no `query`. Throws from queries what `isCrowded` knows.
   */
  readsOf: (reader: Reader) => Database;
  /** Runs everything on a single connection, which is what session-level locks need. */
  onOneConnection: <T>(run: (db: Database) => Promise<T>) => Promise<T>;
  close: () => Promise<void>;
}
