import { listQuery, oneOf, text } from '../list/list-query';
import type { Direction } from '../ui/list/sorting';
import { roles, userStates, type UserListQuery } from './user-types';

export const userQuery = listQuery({
  path: '/users',
  filters: { search: text(254), state: oneOf(userStates), role: oneOf(roles) },
  orders: { name: 'asc', email: 'asc', lastSignIn: 'desc', created: 'desc' } satisfies Record<
    NonNullable<UserListQuery['sort']>,
    Direction
  >,
  first: 'name',
});
