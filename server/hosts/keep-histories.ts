import { asc, gt } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { hosts } from '../../db/schema';
import { forgetSoftware } from '../facts/forget-software';
import { logFailure } from '../log';
import { earlierNow } from '../metrics/keep-levels';
import { repeat } from '../process/repeat';
import { createSteadyClock } from '../process/steady-clock';
import type { Services } from '../services';
import { forgetBefore, forgetBeyond, HISTORIES } from './histories';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** Hosts of one statement. */
const A_STATEMENT = 500;

/** Deletes what happened before a moment, in Unix ms, and of each host the oldest beyond so many rows. */
export async function forgetHistories(
  db: Database,
  { before, keptRows }: { before: number; keptRows: number },
): Promise<void> {
  for (const history of HISTORIES) await forgetBefore(db, history, before);
  for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
    const some = await db
      .select({ id: hosts.id })
      .from(hosts)
      .where(gt(hosts.id, last))
      .orderBy(asc(hosts.id))
      .limit(A_STATEMENT);
    if (some.length === 0) return;
    const ids = some.map(({ id }) => id);
    for (const history of HISTORIES) await forgetBeyond(db, history, ids, keptRows);
    last = ids.at(-1)!;
  }
}

/**
 * Does so every hour, unless the clock has just leapt, and lets go the names of packages that no host has any more. Not
 * at once: that the clock is wrong at the start could not be told.
 */
export function keepHistories({ db, config, log }: Pick<Services, 'db' | 'config' | 'log'>): { stop(): Promise<void> } {
  const { keep_days, keep_rows } = config.history;
  const isSteady = createSteadyClock();
  isSteady();
  return repeat(
    async () => {
      const isBelieved = isSteady();
      await forgetSoftware(db);
      if (!isBelieved) return;
      await forgetHistories(db, { before: (await earlierNow(db)) - keep_days * DAY_MS, keptRows: keep_rows });
    },
    {
      everyMs: HOUR_MS,
      isAtOnce: false,
      onFailure: (error) => logFailure(log, 'what is old was not deleted; trying again', error),
    },
  );
}
