import { and, desc, eq, gte, inArray, lt, lte } from 'drizzle-orm';
import { hostEvents } from '../../db/schema';
import { findServerOff, type Span } from '../dashboard/find-server-off';
import { findRules } from '../health/find-rules';
import { isByClock } from '../health/rule-metrics';
import { rulesFor } from '../health/rule-scope';
import { takeUp } from '../health/take-up';
import type { SignedIn } from '../trpc';

/** What explains lines, and what they come from: its connection, its certificate, its health. */
const SHOWN = [
  ...(['up', 'down', 'registered', 'approved', 'revoked', 'replaced', 'renewed', 'recovered'] as const),
  ...(['health_ok', 'health_warning', 'health_critical'] as const),
];
/** Of a host that comes and goes; more marks than that are one dark area. */
const MOST_EVENTS = 400;

/** Beyond which of its figures a host is ill. */
type Limit = Pick<
  Awaited<ReturnType<typeof findRules>>[number],
  'metric' | 'label' | 'comparison' | 'threshold' | 'severity'
>;

/** What happened to a host in a span of time, and why nothing was measured in parts of it. Seconds since 1970. */
export interface Happened {
  /** In the order of time, the last 400 of them. */
  events: { at: number; kind: (typeof SHOWN)[number]; detail: string | null }[];
  /** When it was down, and why; `to` is null where it still is. */
  down: { from: number; to: number | null; reason: string | null }[];
  /** When no server was at work. */
  serverOff: Span[];
  /** The thresholds of the rules that hold for it now. */
  limits: Limit[];
}

/** Of a host that there is. */
export async function findHappened({ db }: Pick<SignedIn, 'db'>, hostId: string, span: Span): Promise<Happened> {
  const [from, to] = [span.from, span.to].map((second) => new Date(second * 1000)) as [Date, Date];
  const { at, kind, detail } = hostEvents;
  const ofHost = eq(hostEvents.hostId, hostId);
  const connected = inArray(kind, ['up', 'down']);
  const [latest, before, serverOff, limits] = await Promise.all([
    db
      .select({ at, kind, detail })
      .from(hostEvents)
      .where(and(ofHost, inArray(kind, SHOWN), gte(at, from), lte(at, to)))
      .orderBy(desc(at), desc(hostEvents.id))
      .limit(MOST_EVENTS),
    db
      .select({ at, kind, detail })
      .from(hostEvents)
      .where(and(ofHost, connected, lt(at, from)))
      .orderBy(desc(at), desc(hostEvents.id))
      .limit(1),
    findServerOff(db, span),
    findLimits(db, hostId),
  ]);
  const events = latest
    .reverse()
    .map((event) => ({ ...event, at: event.at.getTime() / 1000, kind: event.kind as (typeof SHOWN)[number] }));
  // Of one that was cut off, what was before its first event is not known.
  const isWhole = latest.length < MOST_EVENTS;
  const known = isWhole ? before.map((event) => ({ ...event, at: event.at.getTime() / 1000 })) : [];
  return { events, down: downOf([...known, ...events]), serverOff, limits };
}

/** @param events in the order of time */
function downOf(events: readonly { at: number; kind: string; detail: string | null }[]): Happened['down'] {
  const down: Happened['down'] = [];
  for (const { at, kind, detail } of events) {
    const open = down.at(-1)?.to === null ? down.at(-1)! : undefined;
    if (kind === 'up' && open) open.to = at;
    if (kind === 'down' && !open) down.push({ from: at, to: null, reason: detail });
  }
  return down;
}

async function findLimits(db: SignedIn['db'], hostId: string): Promise<Limit[]> {
  const rules = await findRules(db);
  const host = (await takeUp(db, [hostId], rules)).get(hostId);
  if (!host) return [];
  return rulesFor(rules, host.scopes)
    .filter(({ metric }) => !isByClock(metric))
    .map(({ metric, label, comparison, threshold, severity }) => ({ metric, label, comparison, threshold, severity }));
}
