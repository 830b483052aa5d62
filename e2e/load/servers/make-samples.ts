import { sql } from 'drizzle-orm';
import type { Database } from '../../../db/client';
/* eslint-disable @typescript-eslint/no-restricted-imports -- what is measured, without the connections around it */
import { makePartition, type Partitioned, PARTITIONED } from '../../../server/metrics/partitions';
/* eslint-enable @typescript-eslint/no-restricted-imports */

/** Seconds between samples of one host, as they are by default. */
export const EVERY = 30;

/**
 * Writes samples of hosts, with figures as unlike each other as those of machines that are at work.
 * @param span seconds since 1970, at the beginning of an hour
 */
export async function makeSamples(
  db: Database,
  hostIds: string[],
  { from, to }: { from: number; to: number },
): Promise<void> {
  for (let hour = from; hour < to; hour += PARTITIONED.metric_sample.width) {
    await makePartition(db, 'metric_sample', hour);
    await db.execute(sql`
      insert into metric_sample
      select host_id::uuid, to_timestamp(${hour}::int + n * ${EVERY}::int + 0.25),
        array[random()*25, random()*20, random()*5, random(), 0, random()*4, random()*3, 1, 4e9+random()*1e8, 4e9-random()*1e8,
          2e9+random()*1e7, 1e6*random(), 4e9, 2e5*random(), 4e5*random(), 1e5*random(), 1e5*random(), ${hour}::int - ${from}::int + n * ${EVERY}::int,
          200+floor(random()*20), 1, 45+floor(random()*10)]::real[],
        array['/'], array[1e11+random()*1e8, 3.75e11, 4e5+floor(random()*99), 2.9e7]::real[]
      from jsonb_array_elements_text(${JSON.stringify(hostIds)}::jsonb) host_id, generate_series(0, ${3600 / EVERY - 1}::int) n`);
  }
}

/**
 * Of a table with its indexes, for each figure in it: of samples, or of buckets with their lowest, average, highest and
 * count.
 */
export async function bytesOf(db: Database, table: Partitioned): Promise<number> {
  const figures =
    table === 'metric_sample' ? sql`cardinality(figures) + cardinality(disks)` : sql`4 * cardinality(average)`;
  const { rows } = await db.execute<{ bytes: number }>(sql`
    select (select sum(pg_total_relation_size(inhrelid)) from pg_inherits where inhparent = ${table}::regclass)::float8
      / (select sum(${figures}) from ${sql.identifier(table)}) as bytes`);
  return rows[0]!.bytes;
}
