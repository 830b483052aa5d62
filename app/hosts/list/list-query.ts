import { listQuery, oneOf, text } from '../../list/list-query';
import type { Direction } from '../../ui/list/sorting';
import { healthStates, hostStates, notAsWanted, platforms, type HostListQuery, type WaitingQuery } from '../host-types';

const instant = (value: string) => {
  const at = Date.parse(value);
  return Math.abs(at) < 1e14 ? new Date(at).toISOString() : undefined;
};

export const hostQuery = listQuery({
  path: '/hosts',
  filters: {
    search: text(253),
    state: oneOf(hostStates),
    platform: oneOf(platforms),
    health: oneOf(healthStates),
    reason: text(600),
    configuration: oneOf(notAsWanted),
    downSince: instant,
    filter: text(2000),
    fleet: text(36),
    from: text(64),
  },
  orders: {
    ...{ fqdn: 'asc', state: 'asc', health: 'desc', system: 'asc', cpu: 'desc', memory: 'desc', disk: 'desc' },
    ...{ lastSeen: 'desc', certificate: 'asc', agent: 'asc', registered: 'desc' },
  } satisfies Record<NonNullable<HostListQuery['sort']>, Direction>,
  first: 'fqdn',
});

/** In the address: where the page of those that wait begins. */
export const WAITING_AFTER = 'waitingAfter';

/** What of those that wait it asks for; null when it asks for hosts of which none waits. */
export function readWaitingQuery(params: URLSearchParams) {
  const { search, platform, state, health, reason, configuration, downSince, filter, fleet, from } =
    hostQuery.read(params);
  if (health ?? reason ?? configuration ?? downSince) return null;
  if (state && state !== 'pending' && state !== 'conflict') return null;
  return {
    search,
    platform,
    state,
    filter,
    fleet,
    from,
    cursor: params.get(WAITING_AFTER) || undefined,
  } satisfies WaitingQuery;
}
