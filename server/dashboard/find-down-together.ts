import { and, eq, sql } from 'drizzle-orm';
import { hostPresence, hosts } from '../../db/schema';
import { visibleHosts } from '../hosts/visible-hosts';
import type { Looking } from './looking';

/** Fewer are a coincidence. */
const LEAST = 3;
const SHOWN_GROUPS = 5;
const SHOWN_HOSTS = 3;

/** Hosts that are down since the same minute: one switch or one power supply rather than so many machines. */
export async function findDownTogether(ctx: Looking) {
  const minute = sql<Date>`date_trunc('minute', ${hostPresence.since})`;
  const total = sql<number>`count(*)::int`;
  const rows = await ctx.db
    .select({
      since: sql<Date>`min(${hostPresence.since})`.mapWith(hostPresence.since),
      total,
      hosts: sql<{ id: string; fqdn: string }[]>`(array_agg(json_build_object('id', ${hosts.id}, 'fqdn', ${hosts.fqdn})
        order by ${hosts.fqdn}))[1:${SHOWN_HOSTS}::int]`,
    })
    .from(hostPresence)
    .innerJoin(hosts, eq(hosts.id, hostPresence.hostId))
    .where(and(eq(hosts.state, 'down'), eq(hostPresence.state, 'down'), visibleHosts(ctx)))
    .groupBy(minute)
    .having(sql`count(*) >= ${LEAST}::int`)
    .orderBy(sql`count(*) desc`, sql`min(${hostPresence.since}) desc`)
    .limit(SHOWN_GROUPS);
  return rows.map(({ since, ...group }) => ({ ...group, since: since.toISOString() }));
}
