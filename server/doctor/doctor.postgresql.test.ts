import { createServer } from 'node:http';
import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../db/testing';
import { temporaryFolder } from '../certificates/testing';
import { listen } from '../http/listen';
import { examine } from './testing';

async function prepare() {
  const { db, url, close } = await testDatabase();
  onTestFinished(close);
  const folder = await temporaryFolder();
  return { db, examine: () => examine(folder, { DATABASE_URL: url! }) };
}

test('of a PostgreSQL with the schema of this version nothing is wrong, and its clock is compared', async () => {
  const { isWell, about } = await (await prepare()).examine();
  expect(isWell).toBe(true);
  expect(about('database')).toEqual([
    { state: 'good', about: 'database', words: expect.stringMatching(/^PostgreSQL 1\d/) },
  ]);
  expect(about('clock')).toEqual([expect.objectContaining({ state: 'good' })]);
});

test('one that is behind, and one of a newer program, are told with what to do', async () => {
  const { db, examine } = await prepare();
  await db.execute(sql`
    delete from drizzle.__drizzle_migrations
    where created_at = (select max(created_at) from drizzle.__drizzle_migrations)`);
  expect((await examine()).about('database')).toContainEqual(
    expect.objectContaining({ state: 'warning', mend: expect.stringContaining('sysmanage db migrate') }),
  );
  await db.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('-', 4070908800000)`);
  expect((await examine()).bad).toEqual([
    expect.objectContaining({ about: 'database', words: expect.stringContaining('newer') }),
  ]);
});

test('one that is away, and one that is no PostgreSQL, are told', async () => {
  const { port, close } = await listen(createServer(), { port: 0, host: '127.0.0.1' });
  const folder = await temporaryFolder();
  const there = { DATABASE_URL: `postgres://sysmanage:hunter2@127.0.0.1:${port}/sysmanage` };
  const [foreign] = (await examine(folder, there)).bad;
  expect(foreign).toMatchObject({ about: 'database', mend: expect.any(String) });
  await close();
  const [away] = (await examine(folder, there)).bad;
  expect(away).toMatchObject({ about: 'database', words: expect.stringContaining(`127.0.0.1:${port}`) });
  for (const said of [foreign, away]) expect(JSON.stringify(said)).not.toContain('hunter2');
});
