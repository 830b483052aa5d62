import { and, asc, count, eq, inArray } from 'drizzle-orm';
import { hosts } from '../../db/schema';
import { visibleHosts } from '../hosts/visible-hosts';
import type { Looking } from './looking';

/** Causes; of each the first hosts, so that the answer is small whatever has befallen how many. */
const SHOWN_CAUSES = 12;
const SHOWN_HOSTS = 3;
/** Ill hosts that are looked at for causes; of more the numbers are right, and some causes may be missing. */
const MOST_LOOKED_AT = 5000;

/** How many hosts are ill, and why: those that share a cause stand together, the worst and the most first. */
export async function findIll({ db, ...ctx }: Looking) {
  const approved = and(eq(hosts.approval, 'approved'), visibleHosts({ ...ctx }));
  const isIll = inArray(hosts.health, ['warning', 'critical']);
  const counted = await db
    .select({ health: hosts.health, n: count() })
    .from(hosts)
    .where(and(approved, isIll))
    .groupBy(hosts.health);
  const of = (state: 'warning' | 'critical') => counted.find(({ health }) => health === state)?.n ?? 0;
  const ill = { warning: of('warning'), critical: of('critical') };
  if (ill.warning + ill.critical === 0) return { ill, causes: [] };
  const { id, fqdn, health, healthReason, healthSince } = hosts;
  const rows = await db
    .select({ id, fqdn, health, reason: healthReason, since: healthSince })
    .from(hosts)
    .where(and(approved, isIll))
    .orderBy(asc(hosts.health), asc(hosts.fqdn))
    .limit(MOST_LOOKED_AT);
  const causes = new Map<string, Cause>();
  for (const row of rows) {
    const since = row.since!.toISOString();
    const key = `${row.health} ${row.reason}`;
    const cause = causes.get(key) ?? {
      health: row.health as 'warning',
      reason: row.reason,
      since,
      total: 0,
      hosts: [],
    };
    cause.total++;
    if (since < cause.since) cause.since = since;
    if (cause.hosts.length < SHOWN_HOSTS) cause.hosts.push({ id: row.id, fqdn: row.fqdn });
    causes.set(key, cause);
  }
  const sorted = [...causes.values()].sort(
    (a, b) => Number(b.health === 'critical') - Number(a.health === 'critical') || b.total - a.total,
  );
  return { ill, causes: sorted.slice(0, SHOWN_CAUSES) };
}

interface Cause {
  health: 'warning' | 'critical';
  /** As `host.health.reason` has it. */
  reason: string | null;
  /** Of the first of them. */
  since: string;
  total: number;
  hosts: { id: string; fqdn: string }[];
}
