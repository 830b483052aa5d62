import { and, count, desc, eq, sql } from 'drizzle-orm';
import { hostEvents, hosts } from '../../db/schema';
import { visibleHosts } from '../hosts/visible-hosts';
import type { SignedIn } from '../trpc';
import { findDownTogether } from './find-down-together';
import { findIll } from './find-ill';
import { findTops } from './find-tops';

const SHOWN_EVENTS = 12;
const SHOWN_KINDS = 6;

/** What is to be known of the hosts of the caller at a glance. */
export async function findOverview(ctx: SignedIn) {
  const [ill, downTogether, spread, events, tops] = await Promise.all([
    findIll(ctx),
    findDownTogether(ctx),
    findSpread(ctx),
    findEvents(ctx),
    findTops(ctx),
  ]);
  return { ...ill, downTogether, ...spread, events, tops };
}

/** Of which systems and agents they are, the most first. */
async function findSpread(ctx: SignedIn) {
  const { platform, agentVersion } = hosts;
  // Both in one pass over the hosts: of both together there are few kinds.
  const rows = await ctx.db
    .select({ platform, agentVersion, n: count() })
    .from(hosts)
    .where(and(eq(hosts.approval, 'approved'), visibleHosts(ctx)))
    .groupBy(platform, agentVersion);
  const by = (name: 'platform' | 'agentVersion') => {
    const sums = new Map<string, number>();
    for (const row of rows) sums.set(row[name], (sums.get(row[name]) ?? 0) + row.n);
    const all = [...sums].map(([value, hosts]) => ({ value, hosts }));
    return all.sort((a, b) => b.hosts - a.hosts || (a.value < b.value ? -1 : 1)).slice(0, SHOWN_KINDS);
  };
  return { platforms: by('platform'), agentVersions: by('agentVersion') };
}

/** Of all hosts, the latest first: ids are in the order of time. */
async function findEvents(ctx: SignedIn) {
  const { id, hostId, at, kind, detail } = hostEvents;
  const rows = await ctx.db
    .select({ id, hostId, at, kind, detail, fqdn: hosts.fqdn })
    .from(hostEvents)
    .innerJoin(hosts, eq(hosts.id, hostId))
    .where(and(visibleHosts(ctx), sql`${kind} <> 'agent_error'`))
    .orderBy(desc(id))
    .limit(SHOWN_EVENTS);
  return rows.map((event) => ({ ...event, at: event.at.toISOString() }));
}
