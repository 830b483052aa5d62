import { changeList, listAddress } from '../ui/list/list-address';
import { outcomes, type AuditListQuery, type AuditRecord } from './audit-types';
import { startOfDay } from './start-of-day';

/** The filters, by their names in the address. */
export const filterNames = ['search', 'actor', 'actorId', 'action', 'object', 'outcome', 'from', 'to'] as const;
export type FilterName = (typeof filterNames)[number];

/**
 * What the address of the page asks for. Anything it cannot mean is left out: an old bookmark must still open. Days are
 * those of the zone that the address names, as the server that reads it knows no reader's; both are in.
 */
export function readAuditQuery(params: URLSearchParams) {
  const instantOf = (name: FilterName, daysLater: number) => {
    const start = startOfDay(params.get(name) ?? '', zoneOf(params) ?? 'UTC', daysLater);
    return start === null ? undefined : new Date(start).toISOString();
  };
  const text = (name: FilterName, max: number) => params.get(name)?.trim().slice(0, max) || undefined;
  return {
    search: text('search', 253),
    actor: text('actor', 256),
    actorId: text('actorId', 256),
    action: text('action', 100),
    object: text('object', 256),
    outcome: outcomes.find((one) => one === params.get('outcome')),
    from: instantOf('from', 0),
    to: instantOf('to', 1),
    cursor: params.get('cursor') || undefined,
  } satisfies AuditListQuery;
}

/** Whose days the address means: those of whoever filtered, also when it is opened by somebody else. Null without days. */
export const zoneOf = (params: URLSearchParams) => (params.has('from') || params.has('to') ? (params.get('zone') ?? 'UTC') : null);

type Changes = Partial<Record<FilterName | 'cursor' | 'zone', string | undefined>>;

/** The same page with something changed, as an address. */
export function auditLink(params: URLSearchParams, changes: Changes): string {
  const next = changeList(params, changes);
  if (zoneOf(next) === null) next.delete('zone');
  return listAddress('/audit', next);
}

/** What else was done by whoever did this: by their id, if there is one, as their name may have been another then. */
export const sameActor = ({ actorId, actorLabel }: Pick<AuditRecord, 'actorId' | 'actorLabel'>): Changes =>
  actorId ? { actorId, actor: undefined } : { actor: actorLabel ?? undefined, actorId: undefined };

/** Everything that the address asks for, as a file. */
export function exportLink(params: URLSearchParams, format: 'csv' | 'jsonl'): string {
  const query = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(readAuditQuery(params))) if (value && name !== 'cursor') query.set(name, value);
  return `/audit/export?${query}`;
}
