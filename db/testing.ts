import { readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { inject } from 'vitest';
import type { OpenDatabase } from './client';
import { openDatabase } from './open-database';
import { startPGlite } from './open-pglite';
import { cloneDatabase } from './testing-postgresql';
import { timePGlite } from './time-queries';

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
 * @param onQuery told of each statement
 */
export async function testDatabase(onQuery?: () => void): Promise<TestDatabase> {
  const template = inject('template');
  if (template.kind === 'postgresql') return borrowPostgresql(template.server, template.name, onQuery);
  if (!onQuery) return borrowPGlite(template.dump);
  // One of its own: another test would tell of its statements too.
  const database = await startPGlite({ loadDataDir: new Blob([await readFile(template.dump)]) });
  timePGlite(database.client, onQuery);
  return database;
}

/**
 * What tests have closed is emptied and used again: PGlite takes a second and 300 MB to start, and PostgreSQL copies a
 * thousand files for a database and writes all to its disk before and after.
 */
const idlePGlite: OpenDatabase[] = [];
const idlePostgresql: Awaited<ReturnType<typeof cloneDatabase>>[] = [];
/** Of the template: what is another after a test is of no use to the next one. */
let untouched: string | undefined;

/** Runs one statement and returns its rows. */
type Run = <Row extends object>(statement: string) => Promise<Row[]>;

async function borrowPGlite(dump: string): Promise<TestDatabase> {
  const database = idlePGlite.pop() ?? (await startPGlite({ loadDataDir: new Blob([await readFile(dump)]) }));
  const run: Run = async <Row extends object>(statement: string) =>
    (await database.db.execute(sql.raw(statement))).rows as Row[];
  untouched ??= await fingerprint(run);
  return {
    ...database,
    async close() {
      await empty(run);
      if ((await fingerprint(run)) === untouched) idlePGlite.push(database);
      else await database.close();
    },
  };
}

async function borrowPostgresql(server: string, template: string, onQuery?: () => void): Promise<TestDatabase> {
  const borrowed = idlePostgresql.pop() ?? (await cloneDatabase(server, template));
  const { url, drop } = borrowed;
  untouched ??= await onConnection(url, fingerprint);
  const database = await openDatabase({ url, directory: '', onQuery });
  return {
    ...database,
    url,
    async close() {
      await database.close();
      if (await onConnection(url, makeUntouched)) idlePostgresql.push(borrowed);
      else await drop();
    },
  };
}

/** @returns whether the database is as the template is */
async function makeUntouched(run: Run): Promise<boolean> {
  // A process or a connection that a test has left is ended with the database that it is in.
  const others = await run(`
    select from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`);
  // One that a test has given settings of its own may let nothing be emptied.
  const settings = await run(`
    select from pg_db_role_setting join pg_database on pg_database.oid = setdatabase
    where datname = current_database()`);
  if (others.length > 0 || settings.length > 0) return false;
  await empty(run);
  return (await fingerprint(run)) === untouched;
}

async function onConnection<Result>(url: string, act: (run: Run) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await act(async <Row extends object>(statement: string) => (await client.query(statement)).rows as Row[]);
  } finally {
    await client.end();
  }
}

/** Bytes of a table: what has more is given back to the disk, which takes longer than to delete a few rows. */
const FEW = 64 * 1024;

async function empty(run: Run): Promise<void> {
  const tables = await run<{ name: string; isPartition: boolean; bytes: number }>(`
    select pg_class.oid::regclass::text as name, nspname = 'metric' as "isPartition",
      pg_relation_size(pg_class.oid)::int as bytes
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where relkind = 'r' and (nspname = 'metric' or (nspname = 'public' and pg_relation_size(pg_class.oid) > 0))`);
  const sequences = await run<{ name: string }>(`
    select format('%I.%I', schemaname, sequencename) as name from pg_sequences
    where schemaname = 'public' and last_value is not null`);
  const acts = [
    // Partitions are what was measured.
    ...tables.filter(({ isPartition }) => isPartition).map(({ name }) => `drop table ${name}`),
    ...tables
      .filter(({ isPartition }) => !isPartition)
      .map(({ name, bytes }) => (bytes <= FEW ? `delete from ${name}` : `truncate ${name} cascade`)),
    ...sequences.map(({ name }) => `alter sequence ${name} restart`),
    // Of rows that are gone.
    `delete from pg_statistic using pg_class
      where pg_class.oid = starelid and relnamespace = 'public'::regnamespace`,
  ];
  // The triggers of the audit log refuse it, as they should; a replica's session does not ask them.
  const asReplica = `perform set_config('session_replication_role', 'replica', true)`;
  await run(`do $$ begin ${[asReplica, ...acts].map((act) => `${act};`).join('\n')} end $$`);
}

/** What a test can have added to or taken from the schema, or the list of migrations. */
async function fingerprint(run: Run): Promise<string> {
  // By number, which a copy has of its template: their names take longer than all else.
  const [row] = await run<{ of: string }>(`
    select md5(string_agg(line, E'\\n' order by line)) as of from (
      select concat_ws(' ', oid, prosrc) as line from pg_proc where pronamespace = 'public'::regnamespace
      union all select concat_ws(' ', tgrelid, tgname, tgenabled) from pg_trigger where not tgisinternal
      union all select concat_ws(' ', conrelid, conname) from pg_constraint
        where connamespace = 'public'::regnamespace
      union all select concat_ws(' ', indexrelid) from pg_index join pg_class on pg_class.oid = indexrelid
        where relnamespace = 'public'::regnamespace
      union all select concat_ws(' ', attrelid, attname, atttypid, attnotnull)
        from pg_attribute join pg_class on pg_class.oid = attrelid
        where relnamespace in ('public'::regnamespace, to_regnamespace('metric'))
          and relkind in ('r', 'p') and attnum > 0 and not attisdropped
      union all select concat_ws(' ', nspname) from pg_namespace where nspname !~ '^pg_(temp|toast_temp)_'
      union all select concat_ws(' ', setconfig) from pg_db_role_setting join pg_database on pg_database.oid = setdatabase
        where datname = current_database()
      union all select created_at::text from drizzle.__drizzle_migrations
    ) as lines`);
  return row!.of;
}
