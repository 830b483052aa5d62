import { readFile } from 'node:fs/promises';
import { sql, type SQL } from 'drizzle-orm';
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
/** Of the template: what is another after a test is of no use to the next one. */
let untouched: string | undefined;

async function borrowPGlite(dump: string): Promise<TestDatabase> {
  const database = idle.pop() ?? (await startPGlite({ loadDataDir: new Blob([await readFile(dump)]) }));
  untouched ??= await fingerprint(database);
  return {
    ...database,
    async close() {
      await empty(database);
      if ((await fingerprint(database)) === untouched) idle.push(database);
      else await database.close();
    },
  };
}

async function empty({ db }: OpenDatabase): Promise<void> {
  const listed = async (condition: SQL) => {
    const { rows } = await db.execute<{ tables: string | null }>(
      sql`select string_agg(format('%I.%I', schemaname, tablename), ', ') as tables from pg_tables where ${condition}`,
    );
    return rows[0]?.tables;
  };
  // Partitions are what was measured.
  const partitions = await listed(sql`schemaname = 'metric'`);
  if (partitions) await db.execute(sql.raw(`drop table ${partitions}`));
  const tables = await listed(sql`schemaname = 'public'`);
  // The audit log's triggers refuse it, as they should; a replica's session is not asked by them.
  await db.execute(sql`set session_replication_role = replica`);
  if (tables) await db.execute(sql.raw(`truncate ${tables} restart identity cascade`));
  await db.execute(sql`set session_replication_role = origin`);
}

/** What a test can have added to or taken from the schema, or the list of migrations. */
async function fingerprint({ db }: OpenDatabase): Promise<string> {
  const { rows } = await db.execute<{ of: string }>(sql`
    select md5(string_agg(line, E'\n' order by line)) as of from (
      select concat(oid::regprocedure, prosrc) from pg_proc where pronamespace = 'public'::regnamespace
      union all select concat_ws(' ', tgrelid::regclass, tgname, tgenabled) from pg_trigger where not tgisinternal
      union all select concat_ws(' ', conrelid::regclass, conname) from pg_constraint
        where connamespace = 'public'::regnamespace
      union all select indexrelid::regclass::text from pg_index join pg_class on pg_class.oid = indexrelid
        where relnamespace = 'public'::regnamespace
      union all select concat_ws(' ', attrelid::regclass, attname, atttypid::regtype, attnotnull)
        from pg_attribute join pg_class on pg_class.oid = attrelid
        where relnamespace in ('public'::regnamespace, 'metric'::regnamespace)
          and relkind in ('r', 'p') and attnum > 0 and not attisdropped
      union all select created_at::text from drizzle.__drizzle_migrations
    ) as lines (line)`);
  return rows[0]!.of;
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
