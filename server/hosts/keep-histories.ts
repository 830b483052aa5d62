import { asc, gt } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { hosts } from '../../db/schema';
import { forgetSoftware } from '../facts/forget-software';
import { logFailure } from '../log';
import { earlierNow } from '../metrics/keep-levels';
import { repeat } from '../process/repeat';
import { createSteadyClock } from '../process/steady-clock';
import type { Services } from '../services';
import { findBeyond, forgetBefore, forgetBeyond, HISTORIES } from './histories';

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Of the first sweep after a start: a server that is started again and again has one all the same. */
const FIRST_AFTER_MS = 10 * MINUTE_MS;

/** Hosts whose rows one statement counts. */
const A_STATEMENT = 100;

/**
 * Deletes what happened before a moment, in Unix ms, and rows of each host beyond so many. Rejects with the signal's
 * reason soon after it aborts.
 */
export async function forgetHistories(
  db: Database,
  { before, keptRows, signal }: { before: number; keptRows: number; signal?: AbortSignal },
): Promise<void> {
  for (const history of HISTORIES) await forgetBefore(db, history, before, signal);
  for (let last = '00000000-0000-0000-0000-000000000000'; ;) {
    signal?.throwIfAborted();
    const some = await db
      .select({ id: hosts.id })
      .from(hosts)
      .where(gt(hosts.id, last))
      .orderBy(asc(hosts.id))
      .limit(A_STATEMENT);
    if (some.length === 0) return;
    const ids = some.map(({ id }) => id);
    for (const history of HISTORIES)
      for (const id of await findBeyond(db, history, ids, keptRows))
        await forgetBeyond(db, history, id, keptRows, signal);
    last = ids.at(-1)!;
  }
}

/**
 * Does so ten minutes after the start and then every hour, unless the clock has just leapt, and lets go the names of
 * packages that no host has any more. Not at once: that the clock is wrong at the start could not be told. `stop` waits
 * for the statement that is under way.
 */
export function keepHistories({ db, config, log }: Pick<Services, 'db' | 'config' | 'log'>): { stop(): Promise<void> } {
  const { keep_days, keep_rows } = config.history;
  const stopping = new AbortController();
  const { signal } = stopping;
  const isSteady = createSteadyClock();
  isSteady();
  const sweep = async () => {
    const isBelieved = isSteady();
    await forgetSoftware(db, signal);
    if (!isBelieved) return;
    await forgetHistories(db, { before: (await earlierNow(db)) - keep_days * DAY_MS, keptRows: keep_rows, signal });
  };
  const sweeping = repeat(sweep, {
    everyMs: 60 * MINUTE_MS,
    firstAfterMs: FIRST_AFTER_MS,
    onFailure: (error) => signal.aborted || logFailure(log, 'what is old was not deleted; trying again', error),
  });
  return {
    stop() {
      stopping.abort();
      return sweeping.stop();
    },
  };
}
