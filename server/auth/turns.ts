import { AppError, type AppErrorCode } from '../errors';

/** Work that waits for the other work under its key, and for a place. */
export interface Turns {
  /** Runs it when its turn comes. Throws at once where too much waits already. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** As many as are hashed at once (auth/password.ts), and as many again that ask the database meanwhile. */
const PLACES = 4;

/** A request that waits costs memory; so many wait a second or two on any machine. */
const MAX_WAITING = { perKey: 200, all: 1000 };

/**
 * Works on one thing after another under each key, and on few keys at once.
 *
 * An attempt to sign in is counted before it is judged, and a rightful one is uncounted afterwards. If all that come at
 * once were counted at once, the right ones among them would lock their own account: a script that logs in twenty times
 * in parallel would be told to come back in a quarter of an hour. A crowd cannot take all places for one account either.
 * @param perKey how many go on at once under one key
 * @param places how many in all
 * @param crowded what is thrown where too much waits
 */
export function createTurns({
  perKey = 1,
  places = PLACES,
  crowded = 'auth.busy',
}: { perKey?: number; places?: number; crowded?: AppErrorCode } = {}): Turns {
  const waiting: { key: string; start: () => void }[] = [];
  /** How many of each key, where there is any. */
  const running = new Map<string, number>();
  let taken = 0;

  const isFree = (key: string) => (running.get(key) ?? 0) < perKey;
  function begin(key: string): void {
    taken++;
    running.set(key, (running.get(key) ?? 0) + 1);
  }
  function end(key: string): void {
    taken--;
    const left = running.get(key)! - 1;
    if (left > 0) running.set(key, left);
    else running.delete(key);
  }

  function startNext(): void {
    while (taken < places) {
      const next = waiting.findIndex(({ key }) => isFree(key));
      if (next < 0) return;
      const [turn] = waiting.splice(next, 1);
      begin(turn!.key);
      turn!.start();
    }
  }

  return {
    async take(key, work) {
      const isCrowded =
        waiting.length >= MAX_WAITING.all || waiting.filter((one) => one.key === key).length >= MAX_WAITING.perKey;
      if (isCrowded) throw new AppError(crowded, { retryAfterSeconds: 2 });
      await new Promise<void>((start) => {
        waiting.push({ key, start });
        startNext();
      });
      try {
        return await work();
      } finally {
        end(key);
        startNext();
      }
    },
  };
}
