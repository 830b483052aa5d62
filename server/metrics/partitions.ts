import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { LOCKS } from '../../db/with-lock';

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * What is partitioned by time, and how many seconds of it a partition has. They begin at whole multiples of that since
 * 1970, and their names end with their beginning.
 */
export const PARTITIONED = {
  metric_sample: { width: HOUR, by: 'at' },
  metric_1m: { width: DAY, by: 'start' },
  metric_10m: { width: 7 * DAY, by: 'start' },
  metric_1h: { width: 28 * DAY, by: 'start' },
} as const;
export type Partitioned = keyof typeof PARTITIONED;

/** Seconds since 1970. */
export const startOf = (width: number, at: number) => Math.floor(at / width) * width;

const nameOf = (table: Partitioned, start: number) => `${table}_${start}`;

/**
 * Makes the partition that has this moment, in seconds since 1970, where there is none. Whatever was made stays usable
 * to others meanwhile: attaching takes no lock that a writer or reader would wait for.
 */
export async function makePartition(db: Database, table: Partitioned, at: number): Promise<void> {
  const { width } = PARTITIONED[table];
  const start = startOf(width, at);
  const name = sql.identifier(nameOf(table, start));
  const parent = sql.identifier(table);
  // Read from the table of tables: `to_regclass` answers from what the connection remembers, which within a
  // transaction is as old as its beginning.
  const isThere = async (at: Database | Transaction) => {
    const { rows } = await at.execute(sql`
      select from pg_class where relname = ${nameOf(table, start)} and relnamespace = 'metric'::regnamespace`);
    return rows.length > 0;
  };
  if (await isThere(db)) return;
  await db.transaction(async (tx) => {
    // Of processes that need the same one at once, each but the first finds it.
    await tx.execute(sql`select pg_advisory_xact_lock(${LOCKS.partitions})`);
    if (await isThere(tx)) return;
    await tx.execute(sql`create table metric.${name} (like ${parent} including defaults including indexes)`);
    const [from, to] = [start, start + width].map((second) => sql.raw(`'${new Date(second * 1000).toISOString()}'`));
    await tx.execute(sql`alter table ${parent} attach partition metric.${name} for values from (${from!}) to (${to!})`);
  });
}

/** Where each partition begins, in seconds since 1970, oldest first. */
export async function listPartitions(db: Database, table: Partitioned): Promise<number[]> {
  const { rows } = await db.execute<{ name: string }>(sql`
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = ${table}::regclass`);
  return rows.map(({ name }) => Number(name.slice(table.length + 1))).sort((a, b) => a - b);
}

/**
 * Drops it with all that is in it. What waits for a reader would hold up everybody behind it, so it waits for two
 * seconds; the next time it may be free.
 */
export async function dropPartition(db: Database, table: Partitioned, start: number): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.execute(sql`set local lock_timeout = '2s'`);
    await tx.execute(sql`drop table if exists metric.${sql.identifier(nameOf(table, start))}`);
  });
}
