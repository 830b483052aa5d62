import type { HistoryQuery } from './fact-types';

/** How far back changes are shown, in days. */
export const SPANS = [1, 7, 30, 90, 400] as const;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What the address of the page asks for. */
export function readFactsQuery(params: URLSearchParams): { search: string; days: number; cursor: string | undefined } {
  const days = SPANS.find((span) => String(span) === params.get('days')) ?? 7;
  return { search: (params.get('search') ?? '').slice(0, 300), days, cursor: params.get('cursor') ?? undefined };
}

/** What the server is asked for it. */
export function historyQuery(params: URLSearchParams, now = Date.now()): HistoryQuery {
  const { days, cursor } = readFactsQuery(params);
  return { since: new Date(now - days * DAY_MS).toISOString(), cursor, limit: 25 };
}
