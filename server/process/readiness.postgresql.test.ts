import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../db/client';
import { migrateDown } from '../../db/migrate';
import { openDatabase } from '../../db/open-database';
import { testDatabase } from '../../db/testing';
import { type Authority, loadAuthority } from '../certificates/authority/authority';
import { temporaryFolder } from '../certificates/testing';
import { createReadiness } from './readiness';

const silent = pino({ level: 'silent' });

/** A database, a CA on disk, and whether a process with both is ready, as one that has just started finds out. */
async function prepare() {
  const database = await testDatabase();
  onTestFinished(database.close);
  const path = await temporaryFolder();
  const authority = await loadAuthority(path);
  const ready = (db: Database = database.db, other: Pick<Authority, 'signing'> = authority) =>
    createReadiness({
      db,
      log: silent,
      authority: other,
      config: { database_url: database.url, certificates: { path } },
    })();
  return { ...database, url: database.url!, path, authority, ready };
}

test('a PostgreSQL that answers and cannot be written is not ready', async () => {
  const { db, url, ready } = await prepare();
  expect(await ready()).toBeNull();
  await db.execute(sql.raw(`alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`));
  const readOnly = await openDatabase({ url, directory: '' });
  onTestFinished(readOnly.close);
  expect((await readOnly.db.execute(sql`select 1 as one`)).rows).toEqual([{ one: 1 }]);
  expect(await ready(readOnly.db)).toBe('the database refuses; the log says why');
});

test('however many ask at once, it is one look', async () => {
  const { db, path, authority, ready } = await prepare();
  let asked = 0;
  const counted = new Proxy(db, {
    get(target, key) {
      if (key === 'execute') asked++;
      return Reflect.get(target, key) as unknown;
    },
  });
  await ready(counted);
  const aLook = asked;
  asked = 0;
  const config = { database_url: 'postgres://', certificates: { path } };
  const readiness = createReadiness({ db: counted, log: silent, authority, config });
  expect(new Set(await Promise.all(Array.from({ length: 100 }, readiness)))).toEqual(new Set([null]));
  expect(asked).toBe(aLook);
});

test('a schema that is not this version’s is not ready, in words', async () => {
  const { db, ready, ...database } = await prepare();
  await db.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('-', 4070908800000)`);
  expect(await ready()).toContain('newer version');
  await db.execute(sql`delete from drizzle.__drizzle_migrations where created_at = 4070908800000`);
  await migrateDown({ db, ...database }, 1);
  expect(await ready()).toContain('taken back');
});

test('a CA that has expired, or whose files are gone, is not ready', async () => {
  const { db, path, authority, ready } = await prepare();
  const expired = { signing: { ...authority.signing, notAfter: new Date(Date.now() - 1) } };
  expect(await ready(db, expired)).toContain('the CA has expired');
  for (const name of ['ca.crt', 'ca.key']) {
    await rename(join(path, name), join(path, 'away'));
    expect(await ready(), name).toContain('the files of the CA are gone');
    await rename(join(path, 'away'), join(path, name));
  }
  expect(await ready()).toBeNull();
});
