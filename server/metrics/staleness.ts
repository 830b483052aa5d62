/** What was not measured again for so many intervals is what a machine was like, not what it is like. */
export const STALE_INTERVALS = 3;

/** Of a machine that was told to measure so seldom: as much as its configuration allows. In milliseconds. */
const LONGEST_INTERVAL_MS = 3_600_000;

/** How far back a sample can be that is current. */
export const CURRENT_WITHIN_MS = STALE_INTERVALS * LONGEST_INTERVAL_MS;

/**
 * Until when the last sample of a machine is what it is like, in Unix milliseconds. A machine may have an interval of
 * its own, which is longer than the server's: it is seen between its last samples, and the shorter of two counts, for
 * one of them may be the time that it was off.
 * @param times of its last three samples, or as many as there are, the last one first, in Unix milliseconds
 */
export function currentUntil([last, before, third]: readonly number[], heartbeatSeconds: number): number {
  if (last === undefined) return -Infinity;
  const seen = [before && last - before, third && before! - third].filter((one) => one !== undefined);
  const own = seen.length > 0 ? Math.min(LONGEST_INTERVAL_MS, ...seen) : 0;
  return last + STALE_INTERVALS * Math.max(heartbeatSeconds * 1000, own);
}
