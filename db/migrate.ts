import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { Database, OpenDatabase } from './client';
import { makeSearchIndex } from './search-index';
import { withLock } from './with-lock';

/** Between statements in a migration file; drizzle-kit writes it. */
const BREAKPOINT = '--> statement-breakpoint';

/**
 * Applies what is missing, all of it or nothing. Processes that start at once wait for each other.
 * @returns `unindexed`: why searches have no index, null when they have one
 */
export function migrateUp(database: OpenDatabase): Promise<{ unindexed: string | null }> {
  return withLock(database, 'migration', async (db) => {
    // Drizzle's migrators are one function under two types, one for each driver.
    await migrate(db as unknown as NodePgDatabase, { migrationsFolder: migrationsFolder() });
    return { unindexed: await makeSearchIndex(db) };
  });
}

/** Takes back the last `steps` migrations, newest first, all of them or none. Returns their names. */
export function migrateDown(database: OpenDatabase, steps: number): Promise<string[]> {
  return withLock(database, 'migration', async (db) => {
    const applied = (await listMigrations(db)).filter((migration) => migration.applied);
    const undone = applied.reverse().slice(0, steps);
    await db.transaction(async (tx) => {
      for (const { name, timestamp } of undone) {
        for (const statement of readFileSync(join(migrationsFolder(), `${name}.down.sql`), 'utf8').split(BREAKPOINT)) {
          await tx.execute(sql.raw(statement));
        }
        await tx.execute(sql`delete from drizzle.__drizzle_migrations where created_at = ${timestamp}`);
      }
    });
    return undone.map(({ name }) => name);
  });
}

/**
 * Every migration we have, oldest first, and whether the database has it. `timestamp` is when it was written, in Unix
 * ms.
 */
export async function listMigrations(db: Database): Promise<{ name: string; timestamp: number; applied: boolean }[]> {
  const { rows: tables } = await db.execute<{ found: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as found`,
  );
  const { rows } = tables[0]?.found
    ? await db.execute<{ created_at: string }>(sql`select created_at::text from drizzle.__drizzle_migrations`)
    : { rows: [] };
  const applied = new Set(rows.map((row) => Number(row.created_at)));
  return readJournal().map(({ tag, when }) => ({ name: tag, timestamp: when, applied: applied.has(when) }));
}

interface JournalEntry {
  tag: string;
  when: number;
}

export function readJournal(): JournalEntry[] {
  const journal = JSON.parse(readFileSync(join(migrationsFolder(), 'meta/_journal.json'), 'utf8')) as {
    entries: JournalEntry[];
  };
  return journal.entries;
}

/** `db/migrations`, from the sources and from the bundle in `build/server` alike. */
export function migrationsFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'db/migrations');
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) throw new Error(`no db/migrations above ${import.meta.dirname}`);
  }
}
