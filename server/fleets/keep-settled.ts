import { EVERY } from '../events';
import { logFailure } from '../log';
import type { Services } from '../services';
import { queuePassedDays } from './queue-passed-days';
import { lookForDue, settleDue } from './settle-due';

/** So long changes gather that are settled together. */
const GATHER_MS = 50;
/** So often what nobody told us of is looked for: another process's changes, and what failed. */
const LOOK_MS = 1000;
/** So often it is looked which certificates have a day less. */
const DAYS_MS = 60_000;

/** Keeps the members of all fleets what lists and rules say, shortly after each change, and says that they changed. */
export function keepSettled(services: Pick<Services, 'db' | 'events' | 'log'>): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  let isAsked = false;
  let gathering: NodeJS.Timeout | undefined;
  /** When the days were last looked at, in milliseconds of the process. */
  let daysAt: number | null = null;
  let told: string | null = null;

  async function settle() {
    try {
      const now = performance.now();
      if (daysAt === null || now - daysAt >= DAYS_MS) {
        // From before the last look: the two clocks need not agree on what a minute is.
        await queuePassedDays(services.db, daysAt === null ? null : (now - daysAt + DAYS_MS) / 1000);
        daysAt = now;
      }
      const { isDue, version } = await lookForDue(services.db);
      if (version !== told) services.events.emit('fleets.changed', { version });
      told = version;
      if (isDue) await settleDue(services);
    } catch (error) {
      logFailure(services.log, 'the members of fleets could not be settled; trying again', error);
    }
  }
  function run() {
    if (running) isAsked = true;
    else
      running = settle().finally(() => {
        running = null;
        if (isAsked) soon();
        isAsked = false;
      });
  }
  function soon() {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      run();
    }, GATHER_MS).unref();
  }

  const NEWS = [
    ...(['host.changed', 'host.approval_changed', 'host.presence', 'host.health', 'host.deleted'] as const),
    // What was settled, here or by an act: to say so.
    'host.fleets_changed' as const,
  ];
  const deaf = NEWS.map((name) => services.events.listen(name, EVERY, soon));
  const looking = setInterval(run, LOOK_MS).unref();
  return {
    async stop() {
      for (const stop of deaf) stop();
      clearInterval(looking);
      clearTimeout(gathering);
      isAsked = false;
      await running;
      clearTimeout(gathering);
    },
  };
}
