import type { HeldQuery } from './certificate-types';

export const shows = ['all', 'within', 'overdue', 'expired'] as const satisfies HeldQuery['show'][];
/** The spans that are offered; the address may name any other. */
export const spans = [7, 14, 30, 60, 90];
const MAX_DAYS = 3650;

/** What the address of the page asks for. Anything it cannot mean is left out: an old bookmark must still open. */
export function readHeldQuery(params: URLSearchParams) {
  const days = Number(params.get('days') ?? NaN);
  return {
    show: shows.find((one) => one === params.get('show')) ?? 'all',
    days: Number.isInteger(days) && days >= 1 && days <= MAX_DAYS ? days : 30,
    cursor: params.get('cursor') || undefined,
  } satisfies HeldQuery;
}

/** The same list with something changed, as an address. Back to the first page: a cursor is of one filter. */
export function heldLink(params: URLSearchParams, changes: Partial<Record<'show' | 'days' | 'cursor', string>>): string {
  const { show, days } = readHeldQuery(params);
  const next = new URLSearchParams({ show, days: String(days), ...changes });
  if (next.get('show') !== 'within') next.delete('days');
  if (next.get('show') === 'all') next.delete('show');
  const query = next.toString();
  return query ? `/certificates?${query}` : '/certificates';
}
