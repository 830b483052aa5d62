import { sql } from 'drizzle-orm';
import type { Database, OpenDatabase } from './client';

/** Any numbers, each once. */
export const LOCKS = { migration: 7_294_331_807, start: 7_294_331_808, partitions: 7_294_331_809 };

/**
 * Runs one at a time among all processes on the same database. Held on one connection: an advisory lock belongs to its
 * session, and a pool would take it on one and work on another.
 */
export async function withLock<T>(
  database: OpenDatabase,
  name: keyof typeof LOCKS,
  run: (db: Database) => Promise<T>,
): Promise<T> {
  return database.onOneConnection(async (db) => {
    await db.execute(sql`select pg_advisory_lock(${LOCKS[name]})`);
    try {
      return await run(db);
    } finally {
      await db.execute(sql`select pg_advisory_unlock(${LOCKS[name]})`);
    }
  });
}
