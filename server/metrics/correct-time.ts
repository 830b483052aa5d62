/** What a connection knows of its machine's clock. */
export interface MachineClock {
  /** How far ours is before it, in milliseconds, with the shortest way that a sample took. Null before the first. */
  clockOffsetMs: number | null;
}

/** More than a sample is ever under way for: then the machine's clock was set. */
const SET_MS = 5_000;

/**
 * When a sample was taken, by our clock. The machine's own may be a day off; what it says of two samples is still
 * better than when they arrived, which has in it how long each was under way. Never later than `receivedAt`.
 * @param saidAt by the machine's clock, in Unix milliseconds like the others
 */
export function correctTime(clock: MachineClock, saidAt: number, receivedAt = Date.now()): number {
  const offset = receivedAt - saidAt;
  const known = clock.clockOffsetMs;
  if (known === null || offset < known || offset > known + SET_MS) clock.clockOffsetMs = offset;
  return saidAt + clock.clockOffsetMs!;
}
