import { and, desc, eq, gte, lt, sql } from 'drizzle-orm';
import { hostEvents, hosts } from '../../db/schema';
import { isToBeHeard } from '../configuration/not-as-wanted';
import { firstIdOf } from '../hosts/histories';
import { findLastEvents } from '../hosts/last-events';
import { visibleHosts } from '../hosts/visible-hosts';
import { readDetail } from '../kept-words';
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

interface Asked {
  /** Milliseconds since 1970. */
  from?: number;
  to?: number;
  limit: number;
}

async function find(ctx: Looking, asked: Asked) {
  const visible = visibleHosts(ctx);
  const rows = visible
    ? await findLastEvents(ctx.db, {
        of: visible,
        that: and(within(asked), isToBeHeard(ctx)),
        from: asked.from,
        limit: asked.limit,
      })
    : await findOfAll(ctx, asked);
  return rows.map(({ id, hostId, at, kind, detail, fqdn }) => ({
    ...{ id, hostId, at: at.toISOString(), kind, detail: readDetail(detail).detail, fqdn },
  }));
}

const { id, hostId, at, kind, detail } = hostEvents;
const told = { id, hostId, at, kind, detail };

const within = ({ from, to }: Asked) =>
  and(
    sql`${kind} <> 'agent_error'`,
    from === undefined ? undefined : gte(id, firstIdOf(from)),
    to === undefined ? undefined : lt(id, firstIdOf(to)),
  );

const findOfAll = (ctx: Looking, asked: Asked) =>
  ctx.db
    .select({ ...told, fqdn: hosts.fqdn })
    .from(hostEvents)
    .innerJoin(hosts, eq(hosts.id, hostId))
    .where(and(within(asked), isToBeHeard(ctx)))
    // Ids are in the order of time.
    .orderBy(desc(id))
    .limit(asked.limit);
