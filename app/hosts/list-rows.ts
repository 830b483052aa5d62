import type { KnownHosts } from './apply-live-change';
import { isWaiting, type HostListQuery, type HostRow, type WaitingQuery } from './host-types';

type Filter = Pick<HostListQuery, 'state' | 'platform' | 'health' | 'search'>;
type WaitingFilter = Omit<WaitingQuery, 'cursor'>;

/** Whether the list shows such a host, as the server would decide. Hosts that wait are not in the list but above it. */
export function isListed(host: HostRow, filter: Filter): boolean {
  const { health } = filter;
  return !isWaiting(host.state) && matches(host, filter) && (!health || host.health?.state === health);
}

/** The hosts that wait, oldest first, as far as the filter lets them through. */
export function waitingRows({ hosts, gone }: KnownHosts, { from, ...filter }: WaitingFilter): HostRow[] {
  return [...hosts.values()]
    .filter((host) => isWaiting(host.state) && !gone.has(host.id) && matches(host, filter))
    .filter(({ registeredFrom }) => from === undefined || registeredFrom === from)
    .sort((a, b) => Date.parse(a.registeredAt) - Date.parse(b.registeredAt));
}

function matches(host: HostRow, { state, platform, search }: Filter): boolean {
  if (state && host.state !== state) return false;
  if (platform && host.platform !== platform) return false;
  if (!search) return true;
  const text = search.toLowerCase();
  return host.fqdn.includes(text) || host.addresses.some((address) => address.includes(text));
}
