import { outcomes, type AuditListQuery } from './audit-types';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The filters, by their names in the address. */
export const filterNames = ['search', 'actor', 'action', 'object', 'outcome', 'from', 'to'] as const;
export type FilterName = (typeof filterNames)[number];

/**
 * What the address of the page asks for. Anything it cannot mean is left out: an old bookmark must still open. Days are
 * of UTC, as the server that reads the address knows no other zone; both are in.
 */
export function readAuditQuery(params: URLSearchParams) {
  const text = (name: FilterName, max: number) => params.get(name)?.trim().slice(0, max) || undefined;
  return {
    search: text('search', 253),
    actor: text('actor', 256),
    action: text('action', 100),
    object: text('object', 256),
    outcome: outcomes.find((one) => one === params.get('outcome')),
    from: startOf(params.get('from'), 0),
    to: startOf(params.get('to'), DAY_MS),
    cursor: params.get('cursor') || undefined,
  } satisfies AuditListQuery;
}

/** When a day begins, or the one after it: ISO 8601. */
function startOf(day: string | null, later: number): string | undefined {
  const start = day && DAY.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  return start >= 0 ? new Date(start + later).toISOString() : undefined;
}

type Changes = Partial<Record<FilterName | 'cursor', string | undefined>>;

/** The same page with something changed, as an address, from its first page: a cursor is of one filter. */
export function auditLink(params: URLSearchParams, changes: Changes): string {
  const next = new URLSearchParams(params);
  next.delete('cursor');
  for (const [name, value] of Object.entries(changes)) {
    if (value?.trim()) next.set(name, value.trim());
    else next.delete(name);
  }
  const query = next.toString();
  return query ? `/audit?${query}` : '/audit';
}

/** Everything that the address asks for, as a file. */
export function exportLink(params: URLSearchParams, format: 'csv' | 'jsonl'): string {
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(readAuditQuery(params))) if (value && name !== 'cursor') query.set(name, value);
  return `/audit/export?${query}`;
}
