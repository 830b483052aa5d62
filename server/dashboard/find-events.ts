import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import { hostEvents, hosts } from '../../db/schema';
import { firstIdOf } from '../hosts/histories';
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

interface Asked {
  /** Milliseconds since 1970. */
  from?: number;
  to?: number;
  limit: number;
}

async function find(ctx: Looking, asked: Asked) {
  const visible = visibleHosts(ctx);
  const rows = visible ? await findOfSome(ctx, visible, asked) : await findOfAll(ctx, asked);
  return rows.map((event) => ({ ...event, at: event.at.toISOString() }));
}

const { id, hostId, at, kind, detail } = hostEvents;
const told = { id, hostId, at, kind, detail };

const within = ({ from, to }: Asked) =>
  and(
    sql`${kind} <> 'agent_error'`,
    from === undefined ? undefined : gte(id, firstIdOf(from)),
    to === undefined ? undefined : lt(id, firstIdOf(to)),
  );

const findOfAll = ({ db }: Looking, asked: Asked) =>
  db
    .select({ ...told, fqdn: hosts.fqdn })
    .from(hostEvents)
    .innerJoin(hosts, eq(hosts.id, hostId))
    .where(within(asked))
    // Ids are in the order of time.
    .orderBy(desc(id))
    .limit(asked.limit);

const DAY_MS = 86_400_000;
/** How far back it is looked for what happened last to some hosts. */
const LOOKS_BACK = [DAY_MS, 90 * DAY_MS];

/**
 * By the index of each host's history: however much happens to all others, it costs what happens to these. Of a day
 * first, so that of hosts that come and go all the time not everything is looked at.
 */
async function findOfSome({ db }: Looking, visible: SQL, asked: Asked) {
  for (const [i, back] of LOOKS_BACK.entries()) {
    const { from = Date.now() - back } = asked;
    const one = db
      .select(told)
      .from(hostEvents)
      .where(and(eq(hostId, hosts.id), within({ ...asked, from })))
      .orderBy(desc(id))
      .limit(asked.limit)
      .as('event');
    const found = await db
      .select({ id: one.id, hostId: one.hostId, at: one.at, kind: one.kind, detail: one.detail, fqdn: hosts.fqdn })
      .from(hosts)
      .crossJoinLateral(one)
      .where(visible)
      .orderBy(desc(one.id))
      .limit(asked.limit);
    if (asked.from !== undefined || found.length === asked.limit || i === LOOKS_BACK.length - 1) return found;
  }
  return [];
}
