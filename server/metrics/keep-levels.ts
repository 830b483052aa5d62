import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import type { Config } from '../config';
import { logFailure } from '../log';
import { repeat } from '../process/repeat';
import { createSteadyClock } from '../process/steady-clock';
import type { Services } from '../services';
import { LEVELS } from './levels';
import { dropPartition, listPartitions, PARTITIONED, type Partitioned } from './partitions';
import { madeUntil, rollUp } from './roll-up';

const MINUTE_MS = 60_000;
const HOUR = 3600;

/** How many seconds of each are kept. */
export const keptSeconds = ({ metrics }: Pick<Config, 'metrics'>): Record<Partitioned, number> => ({
  metric_sample: metrics.raw_hours * HOUR,
  metric_1m: metrics.minute_days * 24 * HOUR,
  metric_10m: metrics.ten_minute_days * 24 * HOUR,
  metric_1h: metrics.hour_days * 24 * HOUR,
});

/**
 * Drops the partitions whose time is over, unless something in them is not in the next level yet. Returns how many.
 * @param kept seconds of each
 */
export async function dropExpired(db: Database, kept: Record<Partitioned, number>, now = Date.now()): Promise<number> {
  let dropped = 0;
  let hasDroppedLast = false;
  const tables = Object.keys(PARTITIONED) as Partitioned[];
  for (const [i, table] of tables.entries()) {
    const next = LEVELS[i];
    const isIn = next ? ((await madeUntil(db, next)) ?? -Infinity) : Infinity;
    for (const start of await listPartitions(db, table)) {
      const end = start + PARTITIONED[table].width;
      if (end > Math.min(now / 1000 - kept[table], isIn)) break;
      await dropPartition(db, table, start);
      dropped++;
      hasDroppedLast ||= !next;
    }
  }
  if (hasDroppedLast) await forgetSeries(db);
  return dropped;
}

/** Those of which nothing is left, such as of a disk that was taken out a year ago. */
async function forgetSeries(db: Database): Promise<void> {
  const isNowhere = LEVELS.map(
    ({ table }) => sql`not exists (select from ${sql.identifier(table)} p where p.series_id = s.id)`,
  );
  await db.execute(sql`delete from metric_series s where ${sql.join(isNowhere, sql` and `)}`);
}

/** The earlier of our clock and the database's, in Unix ms: what is over for one alone may not be over. */
export async function earlierNow(db: Database, ours = Date.now()): Promise<number> {
  const { rows } = await db.execute<{ theirs: number }>(
    sql`select extract(epoch from clock_timestamp())::float8 * 1000 as theirs`,
  );
  return Math.min(ours, rows[0]!.theirs);
}

/**
 * Makes levels and drops what is over, now and every minute, unless the clock has just leapt. `stop` waits for the
 * period that is being made.
 */
export function keepLevels({ db, config, log }: Pick<Services, 'db' | 'config' | 'log'>): { stop(): Promise<void> } {
  const kept = keptSeconds(config);
  const stopping = new AbortController();
  const isSteady = createSteadyClock();
  const repeating = repeat(
    async () => {
      if (!isSteady()) return;
      const now = await earlierNow(db);
      // One after the other: a partition cannot be dropped while it is read. What is not in a level yet stays.
      await rollUp(db, { now, signal: stopping.signal, log }).catch((error: unknown) =>
        logFailure(log, 'the levels of metrics were not made; trying again', error),
      );
      await dropExpired(db, kept, now);
    },
    {
      everyMs: MINUTE_MS,
      onFailure: (error) => logFailure(log, 'metrics that are over were not dropped; trying again', error),
    },
  );
  return {
    stop() {
      stopping.abort();
      return repeating.stop();
    },
  };
}
