import { listQuery, oneOf } from '../list/list-query';
import type { HeldQuery } from './certificate-types';

export const shows = ['all', 'within', 'overdue', 'expired'] as const satisfies HeldQuery['show'][];
/** The spans that are offered; the address may name any other. */
export const spans = [7, 14, 30, 60, 90];
const MAX_DAYS = 3650;

const list = listQuery({
  path: '/certificates',
  filters: {
    show: oneOf(shows),
    days: (value) =>
      /^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= MAX_DAYS ? Number(value) : undefined,
  },
  orders: { end: 'asc' },
  first: 'end',
});

/** What the address of the page asks for. */
export function readHeldQuery(params: URLSearchParams) {
  const { show = 'all', days = 30, cursor } = list.read(params);
  return { show, days, cursor } satisfies HeldQuery;
}

/** The same list with something changed, as an address. */
export function heldLink(
  params: URLSearchParams,
  changes: Partial<Record<'show' | 'days' | 'cursor', string>>,
): string {
  const { show, days, cursor } = { ...readHeldQuery(params), cursor: undefined, ...changes };
  const isWithin = show === 'within';
  return list.link(new URLSearchParams(), {
    show: show === 'all' ? undefined : show,
    days: isWithin ? String(days) : undefined,
    cursor,
  });
}
