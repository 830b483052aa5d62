import { sql } from 'drizzle-orm';
import { logFailure } from '../../log';
import type { Services } from '../../services';
import { NOT_REPORTED, type RunState, UNKNOWN_WHEN_PAST } from './run-states';
import { tellOfRuns } from './tell-of-runs';

const SWEEP_MS = 10_000;

/** Runs of one statement. */
const MOST = 2000;

/**
 * Ends what nothing has ended by its deadline. What no machine was told is `expired`; of everything else nobody knows
 * what became of it, and that is what it says, until the machine does. Each run is swept by one process, however many
 * there are: they pass over what another one has in hand.
 * @returns how many it ended
 */
export async function sweepDeadlines({ db, events }: Pick<Services, 'db' | 'events'>): Promise<number> {
  let swept = 0;
  for (;;) {
    const { rows } = await db.execute<{ commandId: string; hostId: string; state: RunState }>(sql`
      with due as materialized (
        select command_id, host_id from command_run where deadline <= now()
        order by deadline limit ${MOST} for update skip locked)
      update command_run set deadline = null, ended_at = now(),
        state = case when ${UNKNOWN_WHEN_PAST} then 'unknown' else 'expired' end,
        reason = case when ${UNKNOWN_WHEN_PAST} then ${NOT_REPORTED} else reason end
      from due where command_run.command_id = due.command_id and command_run.host_id = due.host_id
      returning command_run.command_id as "commandId", command_run.host_id as "hostId", command_run.state`);
    tellOfRuns(events, rows);
    swept += rows.length;
    if (rows.length < MOST) return swept;
  }
}

/** Does so now and every ten seconds. */
export function keepSweepingDeadlines(services: Pick<Services, 'db' | 'events' | 'log'>): { stop(): Promise<void> } {
  let sweeping: Promise<unknown> | null = null;
  const sweep = () => {
    sweeping ??= sweepDeadlines(services)
      .catch((error: unknown) => logFailure(services.log, 'runs past their deadline were not ended', error))
      .finally(() => (sweeping = null));
  };
  sweep();
  const timer = setInterval(sweep, SWEEP_MS);
  return {
    async stop() {
      clearInterval(timer);
      await sweeping;
    },
  };
}
