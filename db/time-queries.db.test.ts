import { readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openDatabase } from './open-database';
import { startPGlite } from './open-pglite';
import { testDatabase } from './testing';
import { timePGlite } from './time-queries';

/** The database of the project with a watch on its statements. */
async function watched() {
  const times: number[] = [];
  const told = (seconds: number) => void times.push(seconds);
  const template = inject('template');
  if (template.kind === 'pglite') {
    // One of its own: the next test must not find our watch on it.
    const { client, db, close } = await startPGlite({ loadDataDir: new Blob([await readFile(template.dump)]) });
    onTestFinished(close);
    timePGlite(client, told);
    return { times, db };
  }
  const { url, close } = await testDatabase();
  onTestFinished(close);
  const database = await openDatabase({ url: url!, directory: '', onQuery: told });
  onTestFinished(database.close);
  return { times, db: database.db };
}

test('each statement is timed, also one that fails and those of a transaction', async () => {
  const { times, db } = await watched();
  const counted = async (act: () => Promise<unknown>) => {
    const before = times.length;
    await act();
    return times.length - before;
  };
  await db.execute(sql`select 1`);
  expect(await counted(() => db.execute(sql`select 1`))).toBe(1);
  expect(await counted(() => db.execute(sql`select nothing`).catch(() => undefined))).toBe(1);
  const inTransaction = await counted(() =>
    db.transaction(async (tx) => {
      await tx.execute(sql`select 1`);
      await tx.execute(sql`select 2`);
    }),
  );
  expect(inTransaction).toBeGreaterThanOrEqual(2);
  await db.execute(sql`select pg_sleep(0.05)`);
  expect(times.at(-1)).toBeGreaterThan(0.04);
  expect(times.every((seconds) => seconds >= 0)).toBe(true);
});
