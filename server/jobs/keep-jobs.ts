import { and, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { jobs } from '../../db/schema';
import { EVERY } from '../events';
import { logFailure } from '../log';
import { createSteadyClock } from '../process/steady-clock';
import type { Services } from '../services';
import { runJobs } from './run-jobs';

/** So often it is looked what another process was told, or left. */
const LOOK_MS = 1000;
const SWEEP_MS = 60_000;

/** Runs what was started, whichever process it was started at, until it is stopped. A host that is begun is ended. */
export function keepJobs(services: Services): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  let isStopping = false;
  let sweptAt = -SWEEP_MS;
  const isSteady = createSteadyClock();

  async function work() {
    try {
      if (performance.now() - sweptAt >= SWEEP_MS) {
        if (isSteady()) await forgetOld(services);
        sweptAt = performance.now();
      }
      while (!isStopping && (await runJobs(services, () => isStopping)));
    } catch (error) {
      logFailure(services.log, 'jobs could not go on; trying again', error);
    }
  }
  function look() {
    running ??= work().finally(() => (running = null));
  }

  const deaf = services.events.listen('job.changed', EVERY, look);
  const looking = setInterval(look, LOOK_MS).unref();
  return {
    async stop() {
      isStopping = true;
      deaf();
      clearInterval(looking);
      await running;
    },
  };
}

/** What nobody started within the hour, and what ended a month ago. */
async function forgetOld({ db }: Services) {
  await db.delete(jobs).where(and(isNull(jobs.startedAt), lt(jobs.proposedAt, sql`now() - interval '1 hour'`)));
  await db.delete(jobs).where(and(isNotNull(jobs.endedAt), lt(jobs.endedAt, sql`now() - interval '30 days'`)));
}
