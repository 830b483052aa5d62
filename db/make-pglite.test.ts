import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from './open-database';
import { DatabaseOpenError } from './errors';

let template: string;
let directory: string;
const inside = (...names: string[]) => join(directory, 'pglite', ...names);

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'sysmanage-made-'));
  const database = await openDatabase({ directory: template });
  await database.db.execute(sql`create table kept as select 1 as it`);
  await database.close();
}, 120_000);
afterAll(() => rm(template, { recursive: true }));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sysmanage-made-'));
  await cp(template, directory, { recursive: true });
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
});

async function refusal(): Promise<string> {
  const error = await openDatabase({ directory }).then(
    () => new Error('it opened'),
    (thrown: Error) => thrown,
  );
  expect(error).toBeInstanceOf(DatabaseOpenError);
  expect(error.message).not.toMatch(/\n|Aborted|ASSERTIONS/);
  return error.message;
}

const essential = ['PG_VERSION', 'global/pg_control', 'base', 'pg_wal', 'pg_xact'];
test.each(essential)('%s is missing: it is named, and nothing is made over the rest', async (name) => {
  await rm(inside(name), { recursive: true });
  const before = await readdir(inside(), { recursive: true });
  const message = await refusal();
  expect(message).toContain(`${name} is missing`);
  expect(message).toContain('backup');
  expect((await readdir(inside(), { recursive: true })).sort()).toEqual(before.sort());
});

test('the whole folder is gone: no empty one takes its place', async () => {
  await rm(inside(), { recursive: true });
  expect(await refusal()).toContain(`${inside()} is gone`);
  expect(existsSync(inside())).toBe(false);
});

test('a damaged one says so in a sentence, with what PostgreSQL says of it', async () => {
  await truncate(inside('global/pg_control'), 100);
  const message = await refusal();
  expect(message).toContain('is damaged');
  expect(message).toMatch(/\(.*pg_control.*\)$/);
});

test('what a first start left unfinished is made anew', { timeout: 60_000 }, async () => {
  await rm(join(directory, 'pglite.made'));
  await rm(inside('PG_VERSION'));
  await cp(inside(), join(directory, 'pglite.new'), { recursive: true });
  await rm(inside(), { recursive: true });
  const database = await openDatabase({ directory });
  await database.close();
  expect((await readdir(directory)).sort()).toEqual(['pglite', 'pglite.made']);
});
