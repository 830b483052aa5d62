import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import type { Database, OpenDatabase } from './client';
import { openDatabase } from './open-database';
import { tookTooLong, troubleOf } from './errors';
import { testDatabase } from './testing';

/** Opens a database as a role that may have three connections in all. */
async function narrow() {
  const { db, url = '', close } = await testDatabase();
  const role = `narrow_${randomBytes(6).toString('hex')}`;
  await db.execute(sql.raw(`create role ${role} login password 'narrow' connection limit 3`));
  const place = new URL(url);
  place.username = role;
  place.password = 'narrow';
  const opened: OpenDatabase[] = [];
  onTestFinished(async () => {
    for (const database of opened) await database.close();
    await db.execute(sql.raw(`drop role ${role}`));
    await close();
  });
  return async (wait_seconds: number) => {
    const pool = { connections: 20, wait_seconds, read_seconds: 15 };
    const database = await openDatabase({ url: place.href, directory: '', pool });
    opened.push(database);
    return database;
  };
}

test('where the role may have three connections, forty queries at once wait for each other', async () => {
  const open = await narrow();
  const { db } = await open(30);
  const numbers = Array.from({ length: 40 }, (_, n) => n);
  const answers = await Promise.all(numbers.map((n) => db.execute(sql`select ${n}::int as n, pg_sleep(0.01)`)));
  expect(answers.map(({ rows }) => rows[0]!.n)).toEqual(numbers);
  // A transaction takes its connection by another way.
  const transact = () => db.transaction((tx) => tx.execute(sql`select 1 as one`));
  const sums = await Promise.all(Array.from({ length: 10 }, transact));
  expect(sums.every(({ rows }) => rows[0]!.one === 1)).toBe(true);
});

test('the wait ends, and says that the database is busy', { timeout: 60_000 }, async () => {
  const open = await narrow();
  const { db: impatient } = await open(2);
  const { db: patient } = await open(30);
  let free = () => {};
  const freed = new Promise<void>((resolve) => (free = resolve));
  let begun = 0;
  const holders = [impatient, patient, patient].map((db) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`select 1`);
      begun++;
      await freed;
    }),
  );
  await expect.poll(() => begun, { timeout: 30_000 }).toBe(3);
  const error = await impatient.execute(sql`select 1`).then(
    () => 'served',
    (thrown: unknown) => thrown,
  );
  expect(troubleOf(error)).toBe('busy');
  free();
  await Promise.all(holders);
  expect((await impatient.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
});

test('what only reads ends when it takes too long, and its connection serves others without end', async () => {
  const { url, close } = await testDatabase();
  // One connection: each who has it had it before.
  const pool = { connections: 1, wait_seconds: 10, read_seconds: 2 };
  const { db, readsOf, close: end } = await openDatabase({ url, directory: '', pool });
  onTestFinished(async () => {
    await end();
    await close();
  });
  const bound = async (of: Pick<Database, 'execute'>) =>
    (await of.execute<{ statement_timeout: string }>(sql`show statement_timeout`)).rows[0]!.statement_timeout;
  const reads = readsOf({ key: 'a' });
  const asked = reads.execute(sql`select pg_sleep(60)`);
  expect(await asked.then(() => 'served', tookTooLong)).toBe(true);
  expect(await bound(db)).toBe('0');
  expect(await bound(reads)).toBe('2s');
  expect(await db.transaction(bound)).toBe('0');
  expect(await reads.transaction(bound)).toBe('2s');
  expect(await bound(readsOf({ key: 'a', isExport: true }))).toBe('20s');
  expect(await bound(db)).toBe('0');
});

test('one reader has a quarter of the connections that there are, and one at least', async () => {
  const open = await narrow();
  const { db, readsOf } = await open(30);
  const begun = new Set<number>();
  let free = () => {};
  const freed = new Promise<void>((resolve) => (free = resolve));
  const hold = (of: Database, n: number) =>
    of.transaction(async (tx) => {
      await tx.execute(sql`select 1`);
      begun.add(n);
      await freed;
    });
  // Of three that PostgreSQL gives, which the pool learns when it asks for more.
  const learn = Array.from({ length: 8 }, () => db.execute(sql`select pg_sleep(0.1)`));
  await Promise.all(learn);
  const held = [1, 2, 3].map((n) => hold(readsOf({ key: 'a' }), n));
  await expect.poll(() => begun.size).toBe(1);
  expect((await readsOf({ key: 'b' }).execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
  expect(begun.size).toBe(1);
  free();
  await Promise.all(held);
});
