import { listQuery, text } from '../list/list-query';
import type { Direction } from '../ui/list/sorting';
import type { SavedListQuery } from './saved-types';

export const savedQuery = listQuery({
  path: '/commands/saved',
  filters: { search: text(100) },
  orders: { name: 'asc' } satisfies Record<NonNullable<SavedListQuery['sort']>, Direction>,
  first: 'name',
});
