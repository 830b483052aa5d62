import { listQuery, text } from '../list/list-query';
import type { Direction } from '../ui/list/sorting';
import type { FleetListQuery } from './fleet-types';

export const fleetQuery = listQuery({
  path: '/fleets',
  filters: { search: text(100) },
  orders: { name: 'asc', created: 'desc' } satisfies Record<NonNullable<FleetListQuery['sort']>, Direction>,
  first: 'name',
});
