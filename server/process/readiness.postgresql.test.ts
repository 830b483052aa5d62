import { sql } from 'drizzle-orm';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../db/open-database';
import { testDatabase } from '../../db/testing';
import { createReadiness } from './readiness';

const silent = pino({ level: 'silent' });

test('a PostgreSQL that answers and cannot be written is not ready', async () => {
  const { db, url = '', close } = await testDatabase();
  onTestFinished(close);
  expect(await createReadiness({ db, log: silent, isShared: true })()).toBeNull();
  await db.execute(sql.raw(`alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`));
  const readOnly = await openDatabase({ url, directory: '' });
  onTestFinished(readOnly.close);
  expect((await readOnly.db.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
  const readiness = createReadiness({ db: readOnly.db, log: silent, isShared: true });
  expect(await readiness()).toBe('the database refuses; the log says why');
});

test('however many ask at once, it is one look', async () => {
  const { db, close } = await testDatabase();
  onTestFinished(close);
  let asked = 0;
  const counted = new Proxy(db, {
    get(target, key) {
      if (key === 'execute') asked++;
      return Reflect.get(target, key) as unknown;
    },
  });
  const readiness = createReadiness({ db: counted, log: silent, isShared: false });
  expect(new Set(await Promise.all(Array.from({ length: 100 }, readiness)))).toEqual(new Set([null]));
  expect(asked).toBe(1);
});
