import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openDatabase } from './open-database';
import { DatabaseUnreachableError } from './errors';
import { testDatabase } from './testing';

test('PostgreSQL may end a connection in the middle of a transaction', async () => {
  const { url = '', close } = await testDatabase();
  const errors: string[] = [];
  const database = await openDatabase({ url, directory: '', onError: (error) => errors.push(error.message) });
  const transaction = database.db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await database.db.execute(sql`select pg_terminate_backend(${rows[0]?.pid})`);
    await tx.execute(sql`select 1`);
  });
  await expect(transaction).rejects.toThrow();
  expect(errors).not.toEqual([]);
  expect((await database.db.execute(sql`select 1 as alive`)).rows).toEqual([{ alive: 1 }]);
  await database.close();
  await close();
});

test('a query that does not end does not keep the database from closing', async () => {
  const { db, url = '', close } = await testDatabase();
  const database = await openDatabase({ url, directory: '', onError: (error) => expect.unreachable(error.message) });
  const query = expect(database.db.execute(sql`select pg_sleep(60)`)).rejects.toThrow();
  await expect
    .poll(
      async () =>
        (await db.execute(sql`select 1 from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active'`))
          .rows,
    )
    .toHaveLength(1);
  await database.close();
  await query;
  await close();
});

test('what keeps PostgreSQL from us is said in one line without the password', async () => {
  const { url = '', close } = await testDatabase();
  const variants: [string, (url: URL) => void][] = [
    ['password authentication failed', (wrong) => (wrong.password = 'hunter2hunter2')],
    ['does not exist', (wrong) => (wrong.pathname = '/nowhere')],
  ];
  for (const [reason, spoil] of variants) {
    const wrong = new URL(url);
    spoil(wrong);
    const error = await openDatabase({ url: wrong.href, directory: '' }).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(DatabaseUnreachableError);
    expect((error as Error).message).toContain(reason);
    expect((error as Error).message).not.toContain('\n');
    expect((error as Error).message).not.toContain(wrong.password);
  }
  await close();
});
