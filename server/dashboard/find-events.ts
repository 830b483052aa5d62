import { and, desc, eq, gte, lt, sql } from 'drizzle-orm';
import { hostEvents, hosts } from '../../db/schema';
import { visibleHosts } from '../hosts/visible-hosts';
import type { Looking } from './looking';
import { QUARTER } from './find-day';

const SHOWN = 12;
const SHOWN_OF_QUARTER = 100;

/** What happened to any host, the latest first. */
export const findEvents = (ctx: Looking) => find(ctx, { limit: SHOWN });

/** The same of a quarter of an hour: the last hundred. @param at when it begins, in milliseconds since 1970 */
export function findEventsOfQuarter(ctx: Looking, at: number) {
  return find(ctx, { from: at, to: at + QUARTER * 1000, limit: SHOWN_OF_QUARTER });
}

async function find(ctx: Looking, { from, to, limit }: { from?: number; to?: number; limit: number }) {
  const { id, hostId, at, kind, detail } = hostEvents;
  const rows = await ctx.db
    .select({ id, hostId, at, kind, detail, fqdn: hosts.fqdn })
    .from(hostEvents)
    .innerJoin(hosts, eq(hosts.id, hostId))
    .where(
      and(
        visibleHosts(ctx),
        sql`${kind} <> 'agent_error'`,
        from === undefined ? undefined : gte(id, firstIdOf(from)),
        to === undefined ? undefined : lt(id, firstIdOf(to)),
      ),
    )
    // Ids are in the order of time.
    .orderBy(desc(id))
    .limit(limit);
  return rows.map((event) => ({ ...event, at: event.at.toISOString() }));
}

/** No UUIDv7 of that millisecond is before it. RFC 9562, 5.7. */
function firstIdOf(ms: number): string {
  const digits = Math.floor(ms).toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7000-8000-000000000000`;
}
