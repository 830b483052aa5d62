import { count } from 'drizzle-orm';
import { hosts } from '../../../db/schema';
import type { Services } from '../../services';
import type { HostCounts } from './host-counts';
import { type Asker, visibleHosts } from '../visible-hosts';

/** How many hosts there are for the caller, by state. Those of who sees all are kept, and cost no query. */
export async function countHosts({
  db,
  hostCounts,
  session,
}: Pick<Services, 'db' | 'hostCounts'> & Asker): Promise<HostCounts> {
  const visible = visibleHosts({ session });
  if (!visible) return hostCounts.get();
  const rows = await db.select({ state: hosts.state, n: count() }).from(hosts).where(visible).groupBy(hosts.state);
  const none: HostCounts = { up: 0, down: 0, never: 0, pending: 0, conflict: 0, rejected: 0, revoked: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ state, n }) => [state, n])) };
}
