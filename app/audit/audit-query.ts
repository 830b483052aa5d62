import { listQuery, oneOf, text } from '../list/list-query';
import { changeList } from '../ui/list/list-address';
import { outcomes, type AuditListQuery, type AuditRecord } from './audit-types';
import { startOfDay } from './start-of-day';

/**
 * Days are those of the zone that the address names, as the server that reads it knows no reader's; both are in.
 * @param daysLater where the last day ends is where the next one starts
 */
const day = (daysLater: number) => (value: string, params: URLSearchParams) => {
  const start = startOfDay(value, zoneOf(params) ?? 'UTC', daysLater);
  return start === null ? undefined : new Date(start).toISOString();
};

const filters = {
  search: text(253),
  actor: text(256),
  actorId: text(256),
  action: text(100),
  object: text(256),
  outcome: oneOf(outcomes),
  from: day(0),
  to: day(1),
};
/** The filters, by their names in the address. */
export type FilterName = keyof typeof filters;
export const filterNames = Object.keys(filters) as FilterName[];

const list = listQuery({ path: '/audit', filters, orders: { at: 'desc' }, first: 'at' });

/** What the address of the page asks for. */
export function readAuditQuery(params: URLSearchParams) {
  const { sort: _sort, direction: _direction, ...query } = list.read(params);
  return query satisfies AuditListQuery;
}

/**
 * Whose days the address means: those of whoever filtered, also when it is opened by somebody else. Null without days.
 */
export const zoneOf = (params: URLSearchParams) =>
  params.has('from') || params.has('to') ? (params.get('zone') ?? 'UTC') : null;

type Changes = Partial<Record<FilterName | 'cursor' | 'zone', string | undefined>>;

/** The same page with something changed, as an address. */
export function auditLink(params: URLSearchParams, changes: Changes): string {
  const next = changeList(params, changes);
  if (zoneOf(next) === null) next.delete('zone');
  return list.link(next, { cursor: changes.cursor });
}

/** What else was done by whoever did this: by their id, if there is one, as their name may have been another then. */
export const sameActor = ({ actorId, actorLabel }: Pick<AuditRecord, 'actorId' | 'actorLabel'>): Changes =>
  actorId ? { actorId, actor: undefined } : { actor: actorLabel ?? undefined, actorId: undefined };
