import { AppError } from '../errors';

/** Work that waits for the other work under its key, and for a place. */
export interface Turns {
  /** Runs it when its turn comes. Throws `auth.busy` at once where too much waits already. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** As many as are hashed at once (auth/password.ts), and as many again that ask the database meanwhile. */
const PLACES = 4;

/** A request that waits costs memory; so many wait a second or two on any machine. */
const MAX_WAITING = { perKey: 200, all: 1000 };

/**
 * Looks at the attempts on one account one after another, and at few accounts at once.
 *
 * An attempt is counted before it is judged, and a rightful one is uncounted afterwards. If all that come at once were
 * counted at once, the right ones among them would lock their own account: a script that logs in twenty times in
 * parallel would be told to come back in a quarter of an hour. A crowd cannot take all places for one account either.
 */
export function createTurns(): Turns {
  const waiting: { key: string; start: () => void }[] = [];
  const running = new Set<string>();

  function startNext(): void {
    while (running.size < PLACES) {
      const next = waiting.findIndex(({ key }) => !running.has(key));
      if (next < 0) return;
      const [turn] = waiting.splice(next, 1);
      running.add(turn!.key);
      turn!.start();
    }
  }

  return {
    async take(key, work) {
      const isCrowded =
        waiting.length >= MAX_WAITING.all || waiting.filter((one) => one.key === key).length >= MAX_WAITING.perKey;
      if (isCrowded) throw new AppError('auth.busy', { retryAfterSeconds: 2 });
      await new Promise<void>((start) => {
        waiting.push({ key, start });
        startNext();
      });
      try {
        return await work();
      } finally {
        running.delete(key);
        startNext();
      }
    },
  };
}
