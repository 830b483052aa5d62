import type { Database } from '../../db/client';
import { findWantedOf, type WantedOfHost } from './find-wanted';

/** Most hosts that one look is for. */
const MOST = 1000;

/** What is wanted of a host, for callers of whom thousands come at once. */
export type LookTogether = (hostId: string) => Promise<WantedOfHost>;

/**
 * Looks for all who have asked while the last look was under way: a document for ten thousand hosts is some dozen
 * looks, and a single caller waits for nobody. Each look begins after it was asked for, so that it sees what the caller
 * knows to be committed. Rejects with the database's error.
 */
export function createLookTogether(db: Database): LookTogether {
  let waiting: { hostId: string; resolve: (wanted: WantedOfHost) => void; reject: (error: unknown) => void }[] = [];
  let isLooking = false;

  async function lookForAll(): Promise<void> {
    isLooking = true;
    // Whoever asks within this turn of the event loop asks together.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const part = waiting.slice(0, MOST);
      waiting = waiting.slice(MOST);
      try {
        const found = await findWantedOf(
          db,
          part.map(({ hostId }) => hostId),
        );
        for (const { hostId, resolve } of part) resolve(found.get(hostId)!);
      } catch (error) {
        for (const { reject } of part) reject(error);
      }
    }
    isLooking = false;
  }

  return (hostId) =>
    new Promise((resolve, reject) => {
      waiting.push({ hostId, resolve, reject });
      if (!isLooking) void lookForAll();
    });
}
