import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Database } from './client';
import { listMigrations, migrateDown, migrateUp, migrationsFolder, readJournal } from './migrate';
import { testDatabase } from './testing';

/** Columns, constraints and indexes of everything in the public schema, as PostgreSQL itself prints them. */
async function describeSchema(db: Database): Promise<unknown[]> {
  const { rows } = await db.execute(sql`
    select 'column' as kind, table_name || '.' || column_name as name,
           concat_ws(' ', data_type, is_nullable, column_default) as definition
      from information_schema.columns where table_schema = 'public'
    union all
    select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
      from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
    union all
    select 'type', typname, typtype::text from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
    union all
    -- Without what an extension brought: it may be somebody else's too, and stays.
    select 'function', proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
    order by 1, 2, 3`);
  return rows;
}

test('down takes everything back and up makes the same again', async () => {
  const database = await testDatabase();
  const before = await describeSchema(database.db);
  const names = readJournal().map(({ tag }) => tag);

  expect(await migrateDown(database, names.length)).toEqual(names.toReversed());
  expect(await describeSchema(database.db)).toEqual([]);

  await migrateUp(database);
  expect(before.length).toBeGreaterThan(20);
  expect(await describeSchema(database.db)).toEqual(before);
  await database.close();
});

test('status tells what is applied', async () => {
  const database = await testDatabase();
  expect((await listMigrations(database.db)).every(({ applied }) => applied)).toBe(true);
  const [newest] = await migrateDown(database, 1);
  expect((await listMigrations(database.db)).filter(({ applied }) => !applied).map(({ name }) => name)).toEqual([
    newest,
  ]);
  await migrateUp(database);
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

test('every migration has its way back', () => {
  const missing = readJournal().filter(({ tag }) => !existsSync(join(migrationsFolder(), `${tag}.down.sql`)));
  expect(missing).toEqual([]);
});
