import { sql } from 'drizzle-orm';
import type { OpenDatabase, Transaction } from '../client';
import { DatabaseOpenError } from '../errors';
import { migrateDown, migrateUp, readJournal } from '../migrate';
import { describeTables, type Table } from './describe-tables';
import { type Dumped, EXACT } from './dump-rows';
import { SaidError } from '../../words/said-error';
import { words } from '../../words/words';

/** A dump that is not whole, or of another kind of database. */
export class DumpError extends SaidError {
  override name = 'DumpError';
}

/**
 * Puts a dump into an empty database, all of it or nothing, with the schema that it was made of, and then brings the
 * schema up to this program's. Triggers and references between tables rest meanwhile, and all of these are checked
 * before it counts.
 * @param parts of one dump
 * @returns how many rows each table has
 * @throws DatabaseOpenError where the database is not empty or cannot be, DumpError where the dump is not whole
 */
export async function loadRows(database: OpenDatabase, parts: AsyncIterable<Dumped>): Promise<Record<string, number>> {
  await refuseRows(database);
  await migrateUp(database);
  const reader = parts[Symbol.asyncIterator]();
  const first = await reader.next();
  if (first.done || first.value.kind !== 'schema') throw new DumpError(words('server.dump.no_schema'));
  const { name } = first.value;
  if (!readJournal().some(({ tag }) => tag === name)) throw new DumpError(words('server.dump.newer', { name }));
  await migrateDown(database, { after: name });
  const counts = await database.onOneConnection((db) =>
    db.transaction(async (tx) => {
      await tx.execute(EXACT);
      const awaken = await layToRest(tx);
      const loaded = await load(tx, reader);
      await awaken();
      return loaded;
    }),
  );
  await migrateUp(database);
  return counts;
}

/** Whoever restores over what is there would lose it, or mix two installations. */
async function refuseRows({ db }: OpenDatabase): Promise<void> {
  for (const { name } of await describeTables(db)) {
    const { rows } = await db.execute(sql.raw(`select from ${name} limit 1`));
    if (rows.length > 0) throw new DatabaseOpenError(words('server.dump.not_empty', { name }));
  }
}

async function load(tx: Transaction, parts: AsyncIterator<Dumped>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const known = await describeTables(tx);
  let table: Table | undefined;
  for (;;) {
    const next = await parts.next();
    if (next.done) throw new DumpError(words('server.dump.cut_off'));
    const part = next.value;
    switch (part.kind) {
      case 'partition': {
        const { name, of, bound } = part.partition;
        if (![name, of].every((text) => /^([a-z_][a-z0-9_]*\.)?[a-z_][a-z0-9_]*$/.test(text)) || bound.includes(';'))
          throw new DumpError(words('server.dump.partition', { name }));
        await tx.execute(sql.raw(`create table if not exists ${name} partition of ${of} ${bound}`));
        break;
      }
      case 'table': {
        table = part.table;
        const same = known.find(({ name }) => name === table!.name);
        // Names in it become statements: they are those of our own schema, or nothing is done.
        if (JSON.stringify(same?.columns) !== JSON.stringify(table.columns))
          throw new DumpError(words('server.dump.table', { name: table.name }));
        counts[table.name] = 0;
        break;
      }
      case 'rows':
        if (!table) throw new DumpError(words('server.dump.no_table'));
        await insert(tx, table, part.rows);
        counts[table.name]! += part.rows.length;
        break;
      case 'sequence':
        await tx.execute(sql`select setval(${part.name}::regclass, ${part.value}::bigint)`);
        break;
      case 'end':
        if (JSON.stringify(part.tables) !== JSON.stringify(counts)) throw new DumpError(words('server.dump.not_whole'));
        return counts;
      case 'schema':
        throw new DumpError(words('server.dump.twice'));
    }
  }
}

async function insert(tx: Transaction, { name, columns }: Table, rows: (string | null)[][]): Promise<void> {
  const into = columns.map((column) => column.name).join();
  const values = columns.map(({ type }, i) => `(r ->> ${i})::${type}`).join();
  await tx.execute(sql`
    insert into ${sql.raw(`${name} (${into})`)} overriding system value
    select ${sql.raw(values)} from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) with ordinality as t (r, n)
    order by n`);
}

/** Takes triggers and foreign keys out of the way; returns what puts them back as they were. */
async function layToRest(tx: Transaction): Promise<() => Promise<void>> {
  const { rows: triggers } = await tx.execute<{ on: string; name: string; enabled: string }>(sql`
    select tgrelid::regclass::text as on, quote_ident(tgname) as name, tgenabled as enabled from pg_trigger t
      join pg_class c on c.oid = tgrelid
      where relnamespace = 'public'::regnamespace and not tgisinternal and tgparentid = 0 and tgenabled <> 'D'`);
  const { rows: references } = await tx.execute<{ on: string; name: string; definition: string }>(sql`
    select conrelid::regclass::text as on, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
      from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0`);
  for (const { on, name } of triggers) await tx.execute(sql.raw(`alter table ${on} disable trigger ${name}`));
  for (const { on, name } of references) await tx.execute(sql.raw(`alter table ${on} drop constraint ${name}`));
  return async () => {
    for (const { on, name, definition } of references)
      await tx.execute(sql.raw(`alter table ${on} add constraint ${name} ${definition}`));
    const how: Record<string, string> = { O: 'enable', A: 'enable always', R: 'enable replica' };
    for (const { on, name, enabled } of triggers)
      await tx.execute(sql.raw(`alter table ${on} ${how[enabled]} trigger ${name}`));
  };
}
