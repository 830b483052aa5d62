import { logFailure } from '../log';
import type { Services } from '../services';

const LOOK_MS = 15_000;

/** Looks at what only the clock tells, every quarter of a minute. `stop` waits for the look that is under way. */
export function keepHealth({ health, log }: Pick<Services, 'health' | 'log'>): { stop(): Promise<void> } {
  let looking: Promise<void> | null = null;
  const look = async () => {
    try {
      await health.look();
    } catch (error) {
      logFailure(log, 'the health of hosts was not looked at; trying again', error);
    } finally {
      looking = null;
    }
  };
  const timer = setInterval(() => void (looking ??= look()), LOOK_MS);
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
