import { startOfDay } from '../audit/start-of-day';
import type { HistoryQuery } from './fact-types';

/** How far back changes are shown, in days. */
export const SPANS = [1, 7, 30, 90, 400] as const;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Whose changes can be asked for alone. */
export const SECTIONS = [
  ...(['system', 'hardware', 'network', 'storage', 'users', 'packages', 'services', 'reboot'] as const),
] satisfies HistoryQuery['section'][];

/** What the address of the page asks for. */
export function readFactsQuery(params: URLSearchParams) {
  const zone = params.get('zone');
  const since = params.get('since') ?? '';
  return {
    search: (params.get('search') ?? '').slice(0, 300),
    days: SPANS.find((span) => String(span) === params.get('days')) ?? 7,
    /** A day, and the time zone in which it begins; instead of so many days. */
    since: startOfDay(since, zone ?? 'UTC') === null ? null : since,
    zone,
    section: SECTIONS.find((section) => section === params.get('section')),
    cursor: params.get('cursor') ?? undefined,
  };
}

/** What the server is asked for it. */
export function historyQuery(params: URLSearchParams, now = Date.now()): HistoryQuery {
  const { days, since, zone, section, cursor } = readFactsQuery(params);
  const from = (since && startOfDay(since, zone ?? 'UTC')) ?? now - days * DAY_MS;
  return { since: new Date(from).toISOString(), section, cursor, limit: 25 };
}
