import { userStates, type UserListQuery } from './user-types';

const sorts = ['email', 'name', 'lastSignIn', 'created'] as const;
export type Sort = (typeof sorts)[number];
export type Direction = 'asc' | 'desc';

/** The way round that a first click on a column means: names from A, times from the latest. */
export const naturalDirection: Record<Sort, Direction> = { email: 'asc', name: 'asc', lastSignIn: 'desc', created: 'desc' };

/** What the address of the list asks for. Anything it cannot mean is left out: an old bookmark must still open. */
export function readListQuery(params: URLSearchParams) {
  const sort = sorts.find((one) => one === params.get('sort')) ?? 'email';
  const direction = params.get('direction');
  return {
    search: params.get('search')?.trim().slice(0, 254) || undefined,
    state: userStates.find((one) => one === params.get('state')),
    sort,
    direction: direction === 'asc' || direction === 'desc' ? direction : naturalDirection[sort],
    cursor: params.get('cursor') || undefined,
  } satisfies UserListQuery;
}

/** The same list with something changed, as an address. Back to the first page: a cursor is of one order and one filter. */
export function listLink(params: URLSearchParams, changes: Partial<Record<'search' | 'state' | 'sort' | 'direction', string | undefined>>): string {
  const next = new URLSearchParams(params);
  next.delete('cursor');
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  const query = next.toString();
  return query ? `/users?${query}` : '/users';
}
