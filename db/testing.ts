import { readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { inject } from 'vitest';
import type { OpenDatabase } from './client';
import { openDatabase } from './open-database';
import { startPGlite } from './open-pglite';
import { cloneDatabase } from './testing-postgresql';

/** Made once a run by `testing-setup.ts`: what every test's database is a copy of. */
export type Template = { kind: 'pglite'; dump: string } | { kind: 'postgresql'; server: string; name: string };

declare module 'vitest' {
  interface ProvidedContext {
    template: Template;
  }
}

export type TestDatabase = OpenDatabase & {
  /** The address, for a second connection or process. Undefined on PGlite, which has only one. */
  url?: string;
};

/**
 * A migrated, empty database of the test's own. Close it when the test is over.
 * Which of the two it is, the vitest project says (vitest.config.ts).
 */
export async function testDatabase(): Promise<TestDatabase> {
  const template = inject('template');
  return template.kind === 'pglite' ? borrowPGlite(template.dump) : clonePostgresql(template.server, template.name);
}

/** PGlite takes a second and 300 MB to start, so those that tests have closed are emptied and used again. */
const idle: OpenDatabase[] = [];

async function borrowPGlite(dump: string): Promise<TestDatabase> {
  const database = idle.pop() ?? (await startPGlite({ loadDataDir: new Blob([await readFile(dump)]) }));
  return {
    ...database,
    async close() {
      const { rows } = await database.db.execute<{ tables: string | null }>(
        sql`select string_agg(format('%I.%I', schemaname, tablename), ', ') as tables from pg_tables where schemaname = 'public'`,
      );
      const tables = rows[0]?.tables;
      // The audit log's triggers refuse it, as they should; a replica's session is not asked by them.
      await database.db.execute(sql`set session_replication_role = replica`);
      if (tables) await database.db.execute(sql.raw(`truncate ${tables} restart identity cascade`));
      await database.db.execute(sql`set session_replication_role = origin`);
      idle.push(database);
    },
  };
}

async function clonePostgresql(server: string, template: string): Promise<TestDatabase> {
  const { url, drop } = await cloneDatabase(server, template);
  const database = await openDatabase({ url, directory: '' });
  return {
    ...database,
    url,
    async close() {
      await database.close();
      await drop();
    },
  };
}
