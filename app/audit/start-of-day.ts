const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
/** ISO 8601 has four digits for a year, and what reads it no more. */
const LAST = Date.UTC(9999, 11, 31);

/**
 * When a day begins in a time zone (IANA), or the one after it: milliseconds since 1970. Null for what is no day since
 * then. A zone that nobody knows is UTC: an old bookmark must still open.
 */
export function startOfDay(day: string, zone: string, daysLater = 0): number | null {
  const [, year, month, date] = (DAY.exec(day) ?? []).map(Number);
  if (year === undefined || month === undefined || date === undefined) return null;
  const wanted = Date.UTC(year, month - 1, date + daysLater);
  // Neither the 30th of February nor the year 99, which JavaScript takes for 1999.
  if (new Date(Date.UTC(year, month - 1, date)).toISOString().slice(0, 10) !== day || wanted > LAST) return null;
  // Twice: the first guess may lie on the other side of a change of the clocks.
  const guess = wanted - offsetAt(wanted, zone);
  const start = wanted - offsetAt(guess, zone);
  return start >= 0 ? start : null;
}

/** How far the clocks of a zone are ahead of UTC, in milliseconds. */
function offsetAt(instant: number, zone: string): number {
  const part = partsOf(instant, zone);
  if (!part) return 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - instant;
}

function partsOf(instant: number, zone: string): ((type: Intl.DateTimeFormatPartTypes) => number) | null {
  const wanted = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  } as const;
  try {
    const parts = new Intl.DateTimeFormat('en-US', { ...wanted, timeZone: zone }).formatToParts(instant);
    return (type) => Number(parts.find((part) => part.type === type)?.value);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
