import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { logFailure } from '../log';
import { keptSeconds } from '../metrics/keep-levels';
import { instant } from '../metrics/levels';
import { repeat } from '../process/repeat';
import type { Services } from '../services';

const MINUTE_MS = 60_000;
/** Of a row, in seconds. */
const COUNTED_SECONDS = 300;

/** Counted by the server for itself: only who may see all hosts is told. */
const COUNTS = sql`
  count(*) filter (where state = 'up'), count(*) filter (where state = 'down'),
  count(*) filter (where health = 'warning'), count(*) filter (where health = 'critical')`;

/**
 * Says that a server is at work now, and once in five minutes how many hosts are up, down and ill. Of several processes
 * the first one counts; the others find its row.
 * @param now seconds since 1970
 */
export async function countHosts(db: Database, now = Date.now() / 1000): Promise<void> {
  const at = instant(Math.floor(now / COUNTED_SECONDS) * COUNTED_SECONDS);
  const { rows } = await db.execute(sql`
    update host_count set until = greatest(until, ${instant(now)}) where at = ${at} returning at`);
  if (rows.length > 0) return;
  await db.execute(sql`
    insert into host_count (at, began, until, up, down, warning, critical)
    select ${at}, ${instant(now)}, ${instant(now)}, ${COUNTS} from host where approval = 'approved'
    on conflict (at) do nothing`);
}

/**
 * Counts now and every minute, and forgets what is older than the oldest metrics. `stop` waits for what is under way.
 */
export function keepHostCounts({ db, config, log }: Pick<Services, 'db' | 'config' | 'log'>): {
  stop(): Promise<void>;
} {
  const kept = keptSeconds(config).metric_1h;
  return repeat(
    async () => {
      await countHosts(db);
      await db.execute(sql`delete from host_count where at < ${instant(Date.now() / 1000 - kept)}`);
    },
    { everyMs: MINUTE_MS, onFailure: (error) => logFailure(log, 'hosts were not counted; trying again', error) },
  );
}
