import { sql } from 'drizzle-orm';
import type { Database, OpenDatabase } from '../client';
import { DatabaseOpenError } from '../errors';
import { findMigrations, refuseNewer } from '../migrate';
import { describePartitions, describeTables, type Partition, type Table } from './describe-tables';
import { words } from '../../words/words';

/** Rows in memory at once: one may have megabytes. */
const PAGE = 100;
/** How much of them is given on at once, in characters: what reads them again holds it several times. */
const PART = 4 * 2 ** 20;

/**
 * What a dump consists of, in this order. A row is the text of its columns in the order of its table, which PostgreSQL
 * reads back as it was.
 */
export type Dumped =
  | { kind: 'schema'; name: string }
  | { kind: 'partition'; partition: Partition }
  | { kind: 'table'; table: Table }
  | { kind: 'rows'; rows: (string | null)[][] }
  | { kind: 'sequence'; name: string; value: string }
  | { kind: 'end'; tables: Record<string, number> };

/** Sessions write values in one way, whatever the server's settings: exactly, and in one time zone. */
export const EXACT = sql`
  select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true),
         set_config('intervalstyle', 'postgres', true), set_config('bytea_output', 'hex', true),
         set_config('extra_float_digits', '1', true)`;

/**
 * Everything in the database as it is at one moment, while others write on. The embedded database has one connection:
 * there nobody else is served until `take` has had all of it.
 * @param take told of each part in turn; the next one is not read before it is done
 * @throws DatabaseOpenError where the database is newer than this program
 */
export function dumpRows(database: OpenDatabase, take: (part: Dumped) => Promise<void> | void): Promise<void> {
  return database.onOneConnection(async (db: Database) => {
    await db.transaction(
      async (tx) => {
        await tx.execute(EXACT);
        const migrations = await findMigrations(tx);
        refuseNewer(migrations);
        const schema = migrations.known.findLast(({ applied }) => applied);
        if (!schema) throw new DatabaseOpenError(words('server.dump.nothing'));
        await take({ kind: 'schema', name: schema.name });
        for (const partition of await describePartitions(tx)) await take({ kind: 'partition', partition });
        const counts: Record<string, number> = {};
        for (const table of await describeTables(tx)) {
          await take({ kind: 'table', table });
          counts[table.name] = 0;
          const values = sql.raw(table.columns.map(({ name }) => `${name}::text`).join());
          await tx.execute(
            sql`declare dumped no scroll cursor for select array[${values}] as row from ${sql.raw(table.name)}`,
          );
          for (;;) {
            const { rows } = await tx.execute<{ row: (string | null)[] }>(sql.raw(`fetch ${PAGE} from dumped`));
            for (const part of inParts(rows.map(({ row }) => row))) await take({ kind: 'rows', rows: part });
            counts[table.name]! += rows.length;
            if (rows.length < PAGE) break;
          }
          await tx.execute(sql`close dumped`);
        }
        const { rows: sequences } = await tx.execute<{ name: string; value: string | null }>(sql`
          select format('%I.%I', schemaname, sequencename) as name, last_value::text as value
            from pg_sequences where schemaname = 'public' order by 1`);
        for (const { name, value } of sequences) if (value !== null) await take({ kind: 'sequence', name, value });
        await take({ kind: 'end', tables: counts });
      },
      { isolationLevel: 'repeatable read', accessMode: 'read only' },
    );
  });
}

/** In their order, each part with one row at least. */
function* inParts(rows: (string | null)[][]): Generator<(string | null)[][]> {
  let part: (string | null)[][] = [];
  let size = 0;
  for (const row of rows) {
    const more = row.reduce((sum, value) => sum + (value?.length ?? 0), 0);
    if (part.length > 0 && size + more > PART) {
      yield part;
      [part, size] = [[], 0];
    }
    part.push(row);
    size += more;
  }
  if (part.length > 0) yield part;
}
