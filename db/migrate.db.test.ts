import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from './client';
import { findMigrations, migrateDown, migrateUp, migrationsFolder, readJournal } from './migrate';
import { fleets, savedViews, users } from './schema';
import { testDatabase } from './testing';

/**
 * Everything that is in the public schema, as PostgreSQL itself prints it. Not the order of columns: one that comes
 * back comes last.
 */
async function describeSchema(db: Database): Promise<unknown[]> {
  const { rows } = await db.execute(sql`
    with ours as (
      -- Without what an extension brought: it may be somebody else's too, and stays.
      select oid, oid::regclass::text as name, relkind, relpersistence, relrowsecurity, relforcerowsecurity,
             relreplident, reloptions, relacl from pg_class c where relnamespace = 'public'::regnamespace
        and not exists (select from pg_depend where objid = c.oid and deptype = 'e')
    )
    select 'relation' as kind, name,
           concat_ws(' ', relkind, relpersistence, relrowsecurity, relforcerowsecurity, relreplident, reloptions::text,
                     obj_description(oid, 'pg_class'), relacl::text) as definition
      from ours where relkind <> 'i'
    union all
    select 'column', name || '.' || attname,
           concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, attstorage,
                     attcompression, attcollation::regcollation, attoptions::text, col_description(ours.oid, attnum),
                     (select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = ours.oid and adnum = attnum))
      from ours join pg_attribute on attrelid = ours.oid
      where attnum > 0 and not attisdropped and relkind in ('r', 'p', 'v', 'm', 'f', 'c')
    union all
    select 'constraint', conrelid::regclass || '.' || conname,
           concat_ws(' ', pg_get_constraintdef(oid), convalidated, condeferrable, condeferred)
      from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select 'index', name, concat_ws(' ', pg_get_indexdef(oid), indisvalid, reloptions::text)
      from ours join pg_index on indexrelid = oid
    union all
    select 'trigger', name || '.' || tgname, concat_ws(' ', pg_get_triggerdef(t.oid), tgenabled)
      from pg_trigger t join ours on tgrelid = ours.oid where not tgisinternal
    union all
    select 'rule', name || '.' || rulename, pg_get_ruledef(r.oid) from pg_rewrite r join ours on ev_class = ours.oid
    union all
    select 'policy', tablename || '.' || policyname, concat_ws(' ', permissive, roles::text, cmd, qual, with_check)
      from pg_policies where schemaname = 'public'
    union all
    select 'sequence', sequencename, concat_ws(' ', data_type, start_value, min_value, max_value, increment_by, cycle)
      from pg_sequences where schemaname = 'public'
    union all
    select 'statistics', stxname, pg_get_statisticsobjdef(oid)
      from pg_statistic_ext where stxnamespace = 'public'::regnamespace
    union all
    select 'type', typname, concat_ws(' ', typtype, typnotnull, typdefault, format_type(typbasetype, typtypmod),
           (select string_agg(enumlabel, ',' order by enumsortorder) from pg_enum where enumtypid = t.oid))
      from pg_type t where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
    union all
    select 'function', oid::regprocedure::text, concat_ws(' ', pg_get_functiondef(oid), proacl::text)
      from pg_proc p where pronamespace = 'public'::regnamespace and prokind in ('f', 'p')
      and not exists (select from pg_depend where objid = p.oid and deptype = 'e')
    order by 1, 2, 3`);
  return rows;
}

/** Folders of migrations that end with the first, the second, …, as versions of this program had them. */
async function foldersUntilEach(): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), 'sysmanage-migrations-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const journal = JSON.parse(await readFile(join(migrationsFolder(), 'meta/_journal.json'), 'utf8')) as {
    entries: { tag: string }[];
  };
  return Promise.all(
    journal.entries.map(async ({ tag }, i) => {
      const folder = join(root, tag);
      await mkdir(join(folder, 'meta'), { recursive: true });
      const entries = journal.entries.slice(0, i + 1);
      await writeFile(join(folder, 'meta/_journal.json'), JSON.stringify({ ...journal, entries }));
      for (const { tag } of entries) await copyFile(join(migrationsFolder(), `${tag}.sql`), join(folder, `${tag}.sql`));
      return folder;
    }),
  );
}

test('each migration, up, down and up again, leaves the same schema', { timeout: 120_000 }, async () => {
  const database = await testDatabase();
  onTestFinished(() => database.close());
  const whole = await describeSchema(database.db);
  const names = readJournal().map(({ tag }) => tag);
  expect(await migrateDown(database, names.length)).toEqual(names.toReversed());
  let before = await describeSchema(database.db);
  expect(before).toEqual([]);

  for (const [i, migrationsFolder] of (await foldersUntilEach()).entries()) {
    const up = () => migrate(database.db as unknown as NodePgDatabase, { migrationsFolder });
    await up();
    const after = await describeSchema(database.db);
    expect(await migrateDown(database, 1), 'the way back').toEqual([names[i]]);
    expect(await describeSchema(database.db), `${names[i]} taken back`).toEqual(before);
    await up();
    expect(await describeSchema(database.db), `${names[i]} again`).toEqual(after);
    before = after;
  }
  await migrateUp(database); // no step of the schema, but the index of searches
  expect(whole.length).toBeGreaterThan(100);
  expect(await describeSchema(database.db)).toEqual(whole);
});

test('the way back from tags of machines leaves no rule that the older server cannot read', async () => {
  const database = await testDatabase();
  onTestFinished(() => database.close());
  const { db } = database;
  const rule = 'name = "all_tags has x" or All_Tags has "a \\" b" and (all_tags\n has env or not all_tags has "x")';
  await db.insert(fleets).values([
    { name: 'all', rule, reads: ['agent_tags', 'approval', 'fqdn', 'tags'] },
    { name: 'people', rule: 'tags has all_tags', reads: ['approval', 'tags'] },
  ]);
  const [person] = await db
    .insert(users)
    .values({ email: 'a@example.com', role: 'viewer' })
    .returning({ id: users.id });
  const query = (field: string) => `search=all_tags&filter=%28${field}+has+%22a%22+or+${field}%20has%20b%29`;
  await db.insert(savedViews).values({ userId: person!.id, name: 'view', query: query('all_tags') });
  const names = readJournal().map(({ tag }) => tag);
  await migrateDown(database, names.length - names.indexOf('0041_agent_tags'));
  const { rows } = await db.execute(sql`select rule, reads, is_settled from fleet order by name`);
  expect(rows).toEqual([
    {
      rule: 'name = "all_tags has x" or tags has "a \\" b" and (tags\n has env or not tags has "x")',
      reads: ['approval', 'fqdn', 'tags'],
      is_settled: false,
    },
    { rule: 'tags has all_tags', reads: ['approval', 'tags'], is_settled: true },
  ]);
  expect((await db.execute(sql`select query from saved_view`)).rows).toEqual([{ query: query('tags') }]);
});

test('status tells what is applied', async () => {
  const database = await testDatabase();
  const missing = async () =>
    (await findMigrations(database.db)).known.filter(({ applied }) => !applied).map(({ name }) => name);
  expect(await missing()).toEqual([]);
  const newest = await migrateDown(database, 1);
  expect(await missing()).toEqual(newest);
  await migrateUp(database);
  await database.close();
});

test('all that came after a migration is taken back, and of one that is not applied nothing', async () => {
  const database = await testDatabase();
  const [kept, ...later] = readJournal()
    .map(({ tag }) => tag)
    .slice(-3);
  expect(await migrateDown(database, { after: kept! })).toEqual(later.toReversed());
  expect(await migrateDown(database, { after: later[0]! })).toEqual([]);
  expect(await migrateDown(database, { after: kept! })).toEqual([]);
  await migrateUp(database);
  await database.close();
});

test('a database that a newer program migrated is refused, up and down, and left as it is', async () => {
  const database = await testDatabase();
  const later = Date.UTC(2099, 0, 1);
  await database.db.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('-', ${later})`);
  const words = /newer SysManage: it has 1 step that this one does not know, of 2099-01-01/;
  await expect(migrateUp(database)).rejects.toThrow(words);
  await expect(migrateDown(database, 1)).rejects.toThrow(words);
  const found = await findMigrations(database.db);
  expect(found.unknown).toEqual([later]);
  expect(found.known.every(({ applied }) => applied)).toBe(true);
  await database.db.execute(sql`delete from drizzle.__drizzle_migrations where created_at = ${later}`);
  await database.close();
});

test('several that start at once migrate once', async () => {
  const database = await testDatabase();
  await migrateDown(database, readJournal().length);
  await Promise.all(Array.from({ length: 4 }, () => migrateUp(database)));
  const { rows } = await database.db.execute(sql`select hash from drizzle.__drizzle_migrations`);
  expect(rows).toHaveLength(readJournal().length);
  await database.close();
});

test('who migrates and who takes back at once follow one another', async () => {
  const database = await testDatabase();
  const turns = await Promise.all([1, 2, 3, 4].flatMap(() => [migrateDown(database, 2), migrateUp(database)]));
  const newestFirst = readJournal()
    .map(({ tag }) => tag)
    .toReversed()
    .join();
  // Each found all of what the one before had done.
  for (const turn of turns) if (Array.isArray(turn)) expect(newestFirst).toContain(turn.join());
  await migrateUp(database);
  expect((await findMigrations(database.db)).known.every(({ applied }) => applied)).toBe(true);
  await database.close();
});

test('each migration was written after the one before: drizzle skips what is older than the last applied', () => {
  const written = readJournal().map(({ when }) => when);
  expect(written).toEqual(written.toSorted((a, b) => a - b));
  expect(new Set(written).size).toBe(written.length);
});

test('every migration has its way back', () => {
  const missing = readJournal().filter(({ tag }) => !existsSync(join(migrationsFolder(), `${tag}.down.sql`)));
  expect(missing).toEqual([]);
});
