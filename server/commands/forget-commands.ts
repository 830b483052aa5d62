import { asc, eq, lt, sql } from 'drizzle-orm';
import { commandRuns, commands } from '../../db/schema';
import { logFailure } from '../log';
import { repeat } from '../process/repeat';
import { createSteadyClock } from '../process/steady-clock';
import type { Services } from '../services';

const HOUR_MS = 60 * 60 * 1000;

/** Runs of one statement: with a mebibyte of output each, as much as a database deletes while others wait for it. */
const A_STATEMENT = 100;

interface Forgetting {
  keepDays: number;
  /** Runs of one statement. */
  atOnce?: number;
  signal?: AbortSignal;
}

/**
 * Deletes commands that were sent more than so many days ago, with what they wrote. All of them are over: none waits
 * for more than 30 days or runs for more than 7. What was done stays in the audit log. One command to ten thousand
 * hosts may have written ten gigabytes: its runs go first, a part at a time. Rejects with the signal's reason soon
 * after it aborts.
 */
export async function forgetCommands(
  db: Services['db'],
  { keepDays, atOnce = A_STATEMENT, signal }: Forgetting,
): Promise<void> {
  const isOld = lt(commands.createdAt, sql`now() - make_interval(days => ${keepDays})`);
  for (;;) {
    signal?.throwIfAborted();
    // By their ids, which begin with the time: the oldest is met at once.
    const [old] = await db.select({ id: commands.id }).from(commands).where(isOld).orderBy(asc(commands.id)).limit(1);
    if (!old) return;
    for (let deleted = atOnce; deleted === atOnce;) {
      signal?.throwIfAborted();
      const { rows } = await db.execute(sql`
        delete from ${commandRuns} where command_id = ${old.id} and host_id in (
          select host_id from ${commandRuns} where command_id = ${old.id} limit ${atOnce})
        returning host_id`);
      deleted = rows.length;
    }
    await db.delete(commands).where(eq(commands.id, old.id));
  }
}

/** Does so now and every hour, unless the clock has just leapt. `stop` waits for the statement that is under way. */
export function keepForgettingCommands({ db, config, log }: Pick<Services, 'db' | 'config' | 'log'>): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  const { signal } = stopping;
  const isSteady = createSteadyClock();
  const forget = async () => {
    if (isSteady()) await forgetCommands(db, { keepDays: config.commands.keep_days, signal });
  };
  const forgetting = repeat(forget, {
    everyMs: HOUR_MS,
    onFailure: (error) => signal.aborted || logFailure(log, 'old commands were not deleted', error),
  });
  return {
    stop() {
      stopping.abort();
      return forgetting.stop();
    },
  };
}
