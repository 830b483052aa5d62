import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { Database, OpenDatabase } from './client';
import { DatabaseOpenError } from './errors';
import { makeSearchIndex } from './search-index';
import { withLock } from './with-lock';
import { words } from '../words/words';

/** Between statements in a migration file; drizzle-kit writes it. */
const BREAKPOINT = '--> statement-breakpoint';

/**
 * Applies what is missing, all of it or nothing. Processes that start at once wait for each other.
 * @returns `unindexed`: why searches have no index, null when they have one
 * @throws DatabaseOpenError where the database is newer than this program
 */
export function migrateUp(database: OpenDatabase): Promise<{ unindexed: string | null }> {
  return withLock(database, 'migration', async (db) => {
    refuseNewer(await findMigrations(db));
    // Drizzle's migrators are one function under two types, one for each driver.
    await migrate(db as unknown as NodePgDatabase, { migrationsFolder: migrationsFolder() });
    return { unindexed: await makeSearchIndex(db) };
  });
}

/**
 * Takes back the last migrations, newest first, all of them or none. Returns their names.
 * @param last how many, or all that came after the one of this name
 * @throws DatabaseOpenError where the database is newer than this program
 */
export function migrateDown(database: OpenDatabase, last: number | { after: string }): Promise<string[]> {
  return withLock(database, 'migration', async (db) => {
    const found = await findMigrations(db);
    refuseNewer(found);
    const applied = found.known.filter((migration) => migration.applied).reverse();
    const steps = typeof last === 'number' ? last : applied.findIndex(({ name }) => name === last.after);
    if (steps < 0) return []; // that one is not applied, and so nothing after it is
    const undone = applied.slice(0, steps);
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

/** What a database has of our migrations. */
export interface Migrations {
  /** All of ours, oldest first. `timestamp` is when it was written, in Unix ms. */
  known: { name: string; timestamp: number; applied: boolean }[];
  /** When those that it has and this program does not know were written, oldest first, in Unix ms. */
  unknown: number[];
}

export async function findMigrations(db: Database): Promise<Migrations> {
  const { rows: tables } = await db.execute<{ found: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as found`,
  );
  const { rows } = tables[0]?.found
    ? await db.execute<{ created_at: string }>(
        sql`select created_at::text from drizzle.__drizzle_migrations order by created_at`,
      )
    : { rows: [] };
  const applied = rows.map((row) => Number(row.created_at));
  const journal = readJournal();
  return {
    known: journal.map(({ tag, when }) => ({ name: tag, timestamp: when, applied: applied.includes(when) })),
    unknown: applied.filter((timestamp) => !journal.some(({ when }) => when === timestamp)),
  };
}

/**
 * A program that does not know what the schema has become would read it wrongly, and write into it.
 * @throws DatabaseOpenError
 */
export function refuseNewer({ unknown, known }: Migrations): void {
  if (unknown.length === 0) return;
  const newest = new Date(Math.max(...unknown)).toISOString().slice(0, 10);
  const command = `sysmanage db rollback --to ${known.at(-1)!.name}`;
  throw new DatabaseOpenError(words('server.database.newer', { count: unknown.length, newest, command }));
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
