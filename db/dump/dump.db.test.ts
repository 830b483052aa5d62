import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import type { OpenDatabase } from '../client';
import { auditRecords, hostPresence, hosts, users } from '../schema';
import { migrateDown, migrateUp } from '../migrate';
import { testDatabase } from '../testing';
import { type Dumped, dumpRows } from './dump-rows';
import { loadRows } from './load-rows';

/** Two embedded databases are started for it. */
const PATIENCE = { timeout: 60_000 };

async function dump(database: OpenDatabase): Promise<Dumped[]> {
  const parts: Dumped[] = [];
  await dumpRows(database, (part) => void parts.push(structuredClone(part)));
  return parts;
}

async function* each(parts: Dumped[]) {
  yield* parts;
}

async function borrow() {
  const database = await testDatabase();
  onTestFinished(database.close);
  return database;
}

/** Text of every kind that a quoting may get wrong, instants to the microsecond, and what refers to one another. */
async function fill({ db }: OpenDatabase): Promise<void> {
  const email = `o'brien"\\${'ü'}{}@example.com`;
  const [user] = await db
    .insert(users)
    .values({ email, name: 'a\tb\nc, "d" \\ {e} NULL', role: 'administrator' })
    .returning();
  await db.execute(sql`update "user" set created_at = '2026-01-02 03:04:05.678901+02'`);
  expect(user!.email).toBe(email);
}

test('all that is in a database is in another as it was', PATIENCE, async () => {
  const [from, to] = [await borrow(), await borrow()];
  await fill(from);
  // In a partition that no migration has made, in a schema of their own.
  await from.db.execute(sql`
    create table metric.metric_sample_0 partition of metric_sample for values from ('epoch') to ('1970-01-01 01:00:00Z')`);
  await from.db.execute(sql`insert into metric_sample values (gen_random_uuid(), 'epoch', '{1.1,null}', '{/}', '{2}')`);
  const parts = await dump(from);
  expect(parts.filter(({ kind }) => kind === 'table').length).toBeGreaterThan(15);
  const counts = await loadRows(to, each(parts));
  expect(counts).toMatchObject({ '"user"': 1, metric_sample: 1 });
  expect(await dump(to)).toEqual(parts);
  const [user] = await to.db.select().from(users);
  expect(user).toMatchObject({ name: 'a\tb\nc, "d" \\ {e} NULL' });
});

test('rows of megabytes are given on a few at a time, and come back', PATIENCE, async () => {
  const [from, to] = [await borrow(), await borrow()];
  await from.db
    .insert(users)
    .values(
      Array.from({ length: 7 }, (_, i) => ({
        ...{ email: `${i}@example.com`, role: 'viewer' as const, name: '' },
        passwordHash: String(i).repeat(1.5 * 2 ** 20),
      })),
    );
  const parts = await dump(from);
  const sizes = parts.flatMap((part) => (part.kind === 'rows' ? [JSON.stringify(part.rows).length] : []));
  expect(sizes.length).toBeGreaterThanOrEqual(4);
  expect(Math.max(...sizes)).toBeLessThan(5 * 2 ** 20);
  await loadRows(to, each(parts));
  expect(await dump(to)).toEqual(parts);
});

test('triggers and references guard the rows again, as they did before', PATIENCE, async () => {
  const [from, to] = [await borrow(), await borrow()];
  await fill(from);
  const guards = async ({ db }: OpenDatabase) =>
    (
      await db.execute(sql`
        select tgrelid::regclass || '.' || tgname as name, tgenabled::text as how from pg_trigger where not tgisinternal
        union all select conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) from pg_constraint
          where connamespace = 'public'::regnamespace order by 1, 2`)
    ).rows;
  const before = await guards(to);
  await loadRows(to, each(await dump(from)));
  expect(await guards(to)).toEqual(before);
  await expect(
    to.db.execute(sql`insert into ${hostPresence} (host_id) values ('01890000-0000-7000-8000-000000000000')`),
  ).rejects.toThrow();
  await expect(to.db.execute(sql`truncate ${auditRecords}`)).rejects.toThrow();
});

test('a dump that is cut off, counts otherwise or names other tables leaves nothing', PATIENCE, async () => {
  const [from, to] = [await borrow(), await borrow()];
  await fill(from);
  const parts = await dump(from);
  await expect(loadRows(to, each(parts.slice(0, -1)))).rejects.toThrow('cut off');
  await expect(loadRows(to, each(parts.filter(({ kind }) => kind !== 'rows')))).rejects.toThrow('not whole');
  const renamed = parts.map((part) =>
    part.kind === 'table' ? { ...part, table: { ...part.table, name: 'pg_authid; drop table host' } } : part,
  );
  await expect(loadRows(to, each(renamed))).rejects.toThrow('not as the schema has it');
  expect(await to.db.select().from(users)).toEqual([]);
  await migrateUp(to);
  await loadRows(to, each(parts));
  await expect(loadRows(to, each(parts)), 'a second time').rejects.toThrow('not empty');
});

test('a dump of an earlier schema is brought up to this one, and one of a later is refused', PATIENCE, async () => {
  const [from, to] = [await borrow(), await borrow()];
  await migrateDown(from, 1);
  await fill(from);
  const parts = await dump(from);
  await loadRows(to, each(parts));
  await migrateUp(from);
  expect(await dump(to)).toEqual(await dump(from));
  expect(await to.db.select().from(hosts)).toEqual([]);
  const later = [{ kind: 'schema' as const, name: '9999_later' }, ...parts.slice(1)];
  await expect(loadRows(await borrow(), each(later))).rejects.toThrow('newer SysManage');
});
