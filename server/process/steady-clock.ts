/** A clock that runs so far ahead of the time that has passed was set, or its machine slept. */
const LEAP_MS = 10 * 60 * 1000;
/** So long after that it is believed again: a clock that was wrong for a moment has been set right by then. */
const STEADY_MS = 10 * 60 * 1000;

/**
 * Whether the clock may be believed by who deletes what is old by it, and cannot take that back. To be asked at each
 * round: it compares what the clock ran since the last one with what the process did. Of a clock that was wrong from
 * the first round on it knows nothing.
 * @param now the clock, Unix ms
 * @param ran how long the process has run, in ms, whatever the clock says
 */
export function createSteadyClock({ now = Date.now, ran = () => performance.now() } = {}): () => boolean {
  let last: { now: number; ran: number } | undefined;
  let leaptAt = -Infinity;
  return () => {
    const seen = { now: now(), ran: ran() };
    if (last && seen.now - last.now > seen.ran - last.ran + LEAP_MS) leaptAt = seen.ran;
    last = seen;
    return seen.ran - leaptAt >= STEADY_MS;
  };
}
