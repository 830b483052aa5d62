import { and, desc, eq, gte, type SQL } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { hostEvents, hosts } from '../../db/schema';
import { firstIdOf } from './histories';

const DAY_MS = 86_400_000;
/** How far back it is looked for what happened last to some hosts. */
const LOOKS_BACK = [DAY_MS, 90 * DAY_MS];

interface Asked {
  /** A condition on `host`. */
  of: SQL;
  /** A condition on `host_event`. */
  that?: SQL | undefined;
  /** Milliseconds since 1970. Where it is left out: of a day, and where that has too few, of ninety. */
  from?: number | undefined;
  limit: number;
}

/**
 * What happened last to some hosts, by the index of each one's history: however much happens to all others, it costs
 * what happens to these. Of a day first, so that of hosts that come and go all the time not everything is looked at.
 */
export async function findLastEvents(db: Database, asked: Asked) {
  for (const [i, back] of LOOKS_BACK.entries()) {
    const found = await selectEvents(db, { ...asked, from: asked.from ?? Date.now() - back });
    if (asked.from !== undefined || found.length === asked.limit || i === LOOKS_BACK.length - 1) return found;
  }
  return [];
}

/** The same from one moment on. */
export function selectEvents(db: Database, { of, that, from, limit }: Asked & { from: number }) {
  const one = db
    .select()
    .from(hostEvents)
    .where(and(eq(hostEvents.hostId, hosts.id), that, gte(hostEvents.id, firstIdOf(from))))
    .orderBy(desc(hostEvents.id))
    .limit(limit)
    .as('event');
  const { id, hostId, at, kind, actor, detail } = one;
  return db
    .select({ ...{ id, hostId, at, kind, actor, detail }, fqdn: hosts.fqdn })
    .from(hosts)
    .crossJoinLateral(one)
    .where(of)
    .orderBy(desc(one.id))
    .limit(limit);
}
