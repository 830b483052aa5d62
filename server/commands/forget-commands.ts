import { lt, sql } from 'drizzle-orm';
import { commands } from '../../db/schema';
import { logFailure } from '../log';
import { createSteadyClock } from '../process/steady-clock';
import type { Services } from '../services';

const HOUR_MS = 60 * 60 * 1000;

/**
 * Deletes commands that were sent more than `commands.keep_days` ago, with what they wrote. All of them are over: none
 * waits for more than 30 days or runs for more than 7. What was done stays in the audit log.
 */
async function forgetCommands({ db, config }: Pick<Services, 'db' | 'config'>): Promise<void> {
  await db
    .delete(commands)
    .where(lt(commands.createdAt, sql`now() - make_interval(days => ${config.commands.keep_days})`));
}

/** Does so now and every hour, unless the clock has just leapt. */
export function keepForgettingCommands(services: Pick<Services, 'db' | 'config' | 'log'>): { stop(): void } {
  const isSteady = createSteadyClock();
  const forget = () => {
    if (!isSteady()) return;
    forgetCommands(services).catch((error: unknown) =>
      logFailure(services.log, 'old commands were not deleted', error),
    );
  };
  forget();
  const timer = setInterval(forget, HOUR_MS);
  return { stop: () => clearInterval(timer) };
}
