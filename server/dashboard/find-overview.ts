import { and, count, eq } from 'drizzle-orm';
import { hosts } from '../../db/schema';
import { type Asker, visibleHosts } from '../hosts/visible-hosts';
import { findDay } from './find-day';
import { findDownTogether } from './find-down-together';
import { findEvents } from './find-events';
import { findIll } from './find-ill';
import { findTops } from './find-tops';
import type { Looking } from './looking';

const SHOWN_KINDS = 6;

export type Overview = Awaited<ReturnType<typeof findOverview>>;

/** The key of the one that everybody has who may see all hosts. */
export const ALL = 'all';

/** By which pages watch theirs: of who may see some hosts, their own. */
export const overviewKey = (asker: Asker): string => (visibleHosts(asker) ? asker.session.user.id : ALL);

/** What is to be known of the hosts of the caller at a glance. */
export async function findOverview(ctx: Looking) {
  const [ill, downTogether, spread, events, tops, day] = await Promise.all([
    findIll(ctx),
    findDownTogether(ctx),
    findSpread(ctx),
    findEvents(ctx),
    findTops(ctx),
    findDay(ctx),
  ]);
  return { ...ill, downTogether, ...spread, events, tops, day };
}

/** Both in one pass over an index of its own: of both together there are few kinds. */
export const selectSpread = (ctx: Pick<Looking, 'db' | 'session'>) =>
  ctx.db
    .select({ platform: hosts.platform, agentVersion: hosts.agentVersion, n: count() })
    .from(hosts)
    .where(and(eq(hosts.approval, 'approved'), visibleHosts(ctx)))
    .groupBy(hosts.platform, hosts.agentVersion);

/** Of which systems and agents they are, the most first. */
async function findSpread(ctx: Looking) {
  const rows = await selectSpread(ctx);
  const by = (name: 'platform' | 'agentVersion') => {
    const sums = new Map<string, number>();
    for (const row of rows) sums.set(row[name], (sums.get(row[name]) ?? 0) + row.n);
    const all = [...sums].map(([value, hosts]) => ({ value, hosts }));
    return all.sort((a, b) => b.hosts - a.hosts || (a.value < b.value ? -1 : 1)).slice(0, SHOWN_KINDS);
  };
  return { platforms: by('platform'), agentVersions: by('agentVersion') };
}
