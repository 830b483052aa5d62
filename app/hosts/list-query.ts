import { listQuery, oneOf, text } from '../list/list-query';
import type { Direction } from '../ui/list/sorting';
import { hostStates, platforms, type HostListQuery } from './host-types';

export const hostQuery = listQuery({
  path: '/hosts',
  filters: { search: text(253), state: oneOf(hostStates), platform: oneOf(platforms) },
  orders: { fqdn: 'asc', registered: 'desc', lastSeen: 'desc', certificate: 'asc' } satisfies Record<
    NonNullable<HostListQuery['sort']>,
    Direction
  >,
  first: 'fqdn',
});
