import { logFailure } from '../log';
import { repeat } from '../process/repeat';
import type { Services } from '../services';

const LOOK_MS = 15_000;

/** Looks at what only the clock tells, every quarter of a minute. `stop` waits for the look that is under way. */
export function keepHealth({ health, log }: Pick<Services, 'health' | 'log'>): { stop(): Promise<void> } {
  return repeat(() => health.look(), {
    everyMs: LOOK_MS,
    isAtOnce: false,
    onFailure: (error) => logFailure(log, 'the health of hosts was not looked at; trying again', error),
  });
}
