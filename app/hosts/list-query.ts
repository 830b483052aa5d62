import { changeList, listAddress } from '../ui/list/list-address';
import type { Direction } from '../ui/list/sorting';
import { hostStates, platforms, type HostListQuery } from './host-types';

const sorts = ['fqdn', 'registered', 'lastSeen'] as const;
const directions = ['asc', 'desc'] as const satisfies Direction[];
type Sort = (typeof sorts)[number];

/** The way round that a first click on a column means: names from A, times from the latest. */
export const naturalDirection: Record<Sort, Direction> = { fqdn: 'asc', registered: 'desc', lastSeen: 'desc' };

/** What the address of the list asks for. Anything it cannot mean is left out: an old bookmark must still open. */
export function readListQuery(params: URLSearchParams) {
  const sort = oneOf(sorts, params.get('sort')) ?? 'fqdn';
  return {
    search: params.get('search')?.trim().slice(0, 253) || undefined,
    state: oneOf(hostStates, params.get('state')),
    platform: oneOf(platforms, params.get('platform')),
    sort,
    direction: oneOf(directions, params.get('direction')) ?? naturalDirection[sort],
    cursor: params.get('cursor') || undefined,
  } satisfies HostListQuery;
}

function oneOf<Value extends string>(values: readonly Value[], value: string | null): Value | undefined {
  return values.find((one) => one === value);
}

type Changes = Partial<Record<'search' | 'state' | 'platform' | 'sort' | 'direction' | 'cursor', string | undefined>>;

/** The same list with something changed, as an address. */
export const listLink = (params: URLSearchParams, changes: Changes) => listAddress('/hosts', changeList(params, changes));
