import { dateFormat, relativeFormat } from './formatters';

const STEPS = [
  { unit: 'second', seconds: 1, below: 45 },
  { unit: 'minute', seconds: 60, below: 45 * 60 },
  { unit: 'hour', seconds: 3_600, below: 22 * 3_600 },
  { unit: 'day', seconds: 86_400, below: 45 * 86_400 },
  { unit: 'month', seconds: 30.44 * 86_400, below: 320 * 86_400 },
  { unit: 'year', seconds: 365.25 * 86_400, below: Infinity },
] as const;

/**
 * "now", "3 min. ago", "in 2 days". Under 45 seconds is "now": a list whose every row counts seconds cannot be read.
 *
 * @param at milliseconds since 1970
 * @param now likewise
 */
export function formatRelative(at: number, now: number, locale: string): string {
  const seconds = (at - now) / 1_000;
  const step = STEPS.find(({ below }) => Math.abs(seconds) < below)!;
  const amount = step.unit === 'second' ? 0 : Math.round(seconds / step.seconds);
  return relativeFormat(locale, { numeric: 'auto', style: 'short' }).format(amount, step.unit);
}

/** The whole instant, with its zone, as a person writes it. */
export function formatInstant(at: number, locale: string, timeZone: string): string {
  return dateFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).format(at);
}

/** The time of day to the second, where the day is plain. */
export function formatTime(at: number, locale: string, timeZone: string): string {
  return dateFormat(locale, { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZone }).format(at);
}

/** The time of day and the date, where the year is plain. */
export function formatMinute(at: number, locale: string, timeZone: string): string {
  return dateFormat(locale, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', timeZone }).format(
    at,
  );
}

export function formatDate(at: number, locale: string, timeZone: string): string {
  return dateFormat(locale, { year: 'numeric', month: 'short', day: 'numeric', timeZone }).format(at);
}
