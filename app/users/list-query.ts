import { changeList, listAddress } from '../ui/list/list-address';
import type { Direction } from '../ui/list/sorting';
import { roles, userStates, type UserListQuery } from './user-types';

const sorts = ['name', 'email', 'lastSignIn', 'created'] as const;
type Sort = (typeof sorts)[number];

/** The way round that a first click on a column means: names from A, times from the latest. */
export const naturalDirection: Record<Sort, Direction> = { name: 'asc', email: 'asc', lastSignIn: 'desc', created: 'desc' };

/** What the address of the list asks for. Anything it cannot mean is left out: an old bookmark must still open. */
export function readListQuery(params: URLSearchParams) {
  const sort = sorts.find((one) => one === params.get('sort')) ?? 'name';
  const direction = params.get('direction');
  return {
    search: params.get('search')?.trim().slice(0, 254) || undefined,
    state: userStates.find((one) => one === params.get('state')),
    role: roles.find((one) => one === params.get('role')),
    sort,
    direction: direction === 'asc' || direction === 'desc' ? direction : naturalDirection[sort],
    cursor: params.get('cursor') || undefined,
  } satisfies UserListQuery;
}

type Changes = Partial<Record<'search' | 'state' | 'role' | 'sort' | 'direction', string | undefined>>;

/** The same list with something changed, as an address. */
export const listLink = (params: URLSearchParams, changes: Changes) => listAddress('/users', changeList(params, changes));
