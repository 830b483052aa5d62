import { and, eq, isNotNull, lt, sql } from 'drizzle-orm';
import type { Sample } from '../../agent/protocol';
import type { Database } from '../../db/client';
import { healthFindings, hostPresence, hosts } from '../../db/schema';
import { type EventBus, EVERY } from '../events';
import { type Log, logFailure } from '../log';
import type { GroupCommit } from '../process/group-commit';
import { type Breaches, breachKey, findingsOf, forgetUncounted, judge, verdictOf } from './judge';
import { isByClock, type Reading, readMetric } from './rule-metrics';
import type { Rule } from './rule-schema';
import { findRules } from './find-rules';
import { type HealthOfHost, writeHealth } from './write-health';

const DAY_MS = 86_400_000;
/** No certificate of ours is valid for longer. */
const MOST_DAYS = 3650;
/** What was not said for so many intervals is no unbroken while. */
const BREAK_INTERVALS = 3;

interface Known {
  breaches: Breaches;
  /** Of the last sample, Unix milliseconds. */
  sampledAt: number;
  /** From the sample before to that one, in milliseconds: a machine may have an interval of its own. */
  intervalMs: number;
  /** What was written last; undefined while this process has not written anything. */
  written: string | undefined;
}

/**
 * How well hosts are, by rules that people set. A sample is judged where it arrives, from memory and without a query;
 * what changes is written with what changed of other hosts. What is in memory is in the rows too, but for what has not
 * lasted long enough to count: that begins anew in a process that takes over.
 */
export interface Health {
  /** @param clockOffsetMs how far our clock is before the machine's, in milliseconds; null while that is not known */
  sampled(hostId: string, sample: Sample, clockOffsetMs: number | null): void;
  /** Looks at what no sample tells, how long hosts are down and when certificates end, by the rules as they are now. */
  look(now?: number): Promise<void>;
  /** Writes what has changed until now. Rejects with what failed; that is tried again. */
  flush(): Promise<void>;
}

interface Making {
  db: Database;
  log: Log;
  writer: GroupCommit;
  events: EventBus;
  heartbeatSeconds: number;
}

/** Takes up what the rows say. */
export async function startHealth({ db, log, writer, events, heartbeatSeconds }: Making): Promise<Health> {
  const known = new Map<string, Known>();
  /** Since when, Unix milliseconds. */
  const down = new Map<string, number>();
  /** In how many days. Of the few whose certificate ends soon. */
  let ending: ReadonlyMap<string, number> = new Map();
  let sampled: Rule[] = [];
  let clocked: Rule[] = [];

  const lane = writer.lane<HealthOfHost>({
    merge: { keyOf: ({ hostId }) => hostId, into: (_waiting, newer) => newer },
    async commit(rows) {
      for (const changed of await writeHealth(db, rows)) events.emit('host.health', changed);
    },
    onFailure: (error) => logFailure(log, 'the health of hosts was not written; trying again', error),
  });

  const knownOf = (hostId: string, breaches: Breaches = new Map()): Known => {
    const found = known.get(hostId);
    if (found) return found;
    const made = { breaches, sampledAt: -Infinity, intervalMs: 0, written: undefined };
    known.set(hostId, made);
    return made;
  };

  function settle(hostId: string, at: number): void {
    const host = known.get(hostId);
    if (!host) return;
    const findings = findingsOf(host.breaches).map(({ rule, label, since, value }) => {
      return { ruleId: rule.id, label, since: new Date(since).toISOString(), value };
    });
    const verdict = verdictOf(host.breaches);
    // Of a finding only that it is there: its value is what it was when it began.
    const now = JSON.stringify([verdict, findings.map(({ ruleId, label }) => [ruleId, label])]);
    if (host.written === now) return;
    host.written = now;
    lane
      .add({ hostId, ...verdict, at: new Date(at).toISOString(), findings })
      .catch((error: unknown) => logFailure(log, 'the health of a host cannot be written', error));
  }

  const readClock = (hostId: string, now: number) => {
    const since = down.get(hostId);
    const days = ending.get(hostId);
    return ({ metric }: Rule): Reading[] => {
      const value = metric === 'silence' ? since && (now - since) / 1000 : days;
      return value === undefined ? [] : [{ label: '', value }];
    };
  };
  function judgeByClock(hostId: string, now: number): void {
    const breaches = known.get(hostId)?.breaches ?? (new Map() as Breaches);
    judge(breaches, clocked, readClock(hostId, now), now);
    // Of one that was never measured nothing is known but what is wrong.
    if (breaches.size > 0) knownOf(hostId, breaches);
    settle(hostId, now);
  }

  async function readRules(): Promise<void> {
    const rules = (await findRules(db)).filter((rule) => rule.isEnabled);
    sampled = rules.filter(({ metric }) => !isByClock(metric));
    clocked = rules.filter(({ metric }) => isByClock(metric));
    const inForce = new Map(rules.map((rule) => [rule.id, rule]));
    for (const [hostId, { breaches }] of known) {
      if (breaches.size === 0) continue;
      for (const [key, breach] of breaches) {
        const rule = inForce.get(breach.rule.id);
        if (rule?.metric === breach.rule.metric) breach.rule = rule;
        else breaches.delete(key);
      }
      settle(hostId, Date.now());
    }
  }

  async function readEnding(now: number): Promise<void> {
    const days = clocked.flatMap((rule) => (rule.metric === 'silence' ? [] : [rule.threshold, rule.back]));
    const latest = now + Math.min(Math.max(0, ...days), MOST_DAYS) * DAY_MS;
    const soon = sql`${new Date(latest).toISOString()}::timestamptz(3)`;
    const rows = await db
      .select({ id: hosts.id, ends: hosts.certificateEnds })
      .from(hosts)
      .where(and(eq(hosts.approval, 'approved'), lt(hosts.certificateEnds, soon)));
    ending = new Map(rows.map(({ id, ends }) => [id, (Date.parse(ends) - now) / DAY_MS]));
  }

  // Before anything is read: what happens meanwhile is newer.
  events.listen('host.presence', EVERY, ({ hostId, state, since }) => {
    if (state === 'down') down.set(hostId, Date.parse(since));
    else if (down.delete(hostId) && known.has(hostId)) judgeByClock(hostId, Date.now());
  });
  const forget = ({ hostId }: { hostId: string }) => {
    known.delete(hostId);
    down.delete(hostId);
  };
  events.listen('host.access_withdrawn', EVERY, forget);
  events.listen('host.deleted', EVERY, forget);
  events.listen('health.rules_changed', EVERY, () => {
    readRules().catch((error: unknown) => logFailure(log, 'the rules of health were not read; trying again', error));
  });

  const rules = new Map((await findRules(db)).map((rule) => [rule.id, rule]));
  const found = await db
    .select({ finding: healthFindings })
    .from(healthFindings)
    .innerJoin(hosts, and(eq(hosts.id, healthFindings.hostId), eq(hosts.approval, 'approved')));
  for (const { finding } of found) {
    const since = finding.since.getTime();
    const { hostId, ruleId, label, value } = finding;
    const host = knownOf(hostId);
    const rule = rules.get(ruleId);
    if (rule) host.breaches.set(breachKey(ruleId, label), { rule, label, value, beganAt: since, since });
  }
  const ill = await db
    .select({ id: hosts.id })
    .from(hosts)
    .where(and(isNotNull(hosts.health), sql`${hosts.health} <> 'ok'`));
  for (const { id } of ill) knownOf(id);
  const absent = await db
    .select({ hostId: hostPresence.hostId, since: hostPresence.since })
    .from(hostPresence)
    .innerJoin(hosts, and(eq(hosts.id, hostPresence.hostId), eq(hosts.approval, 'approved')))
    .where(eq(hostPresence.state, 'down'));
  for (const { hostId, since } of absent) if (!down.has(hostId)) down.set(hostId, since.getTime());
  await readRules();
  // Of a rule that is gone meanwhile nothing counts any more.
  for (const hostId of known.keys()) settle(hostId, Date.now());

  return {
    sampled(hostId, sample, clockOffsetMs) {
      const host = knownOf(hostId);
      const at = Date.parse(sample.at);
      const intervalMs = at - host.sampledAt;
      const usualMs = Math.max(heartbeatSeconds * 1000, host.intervalMs);
      if (intervalMs > BREAK_INTERVALS * usualMs) forgetUncounted(host.breaches);
      Object.assign(host, { sampledAt: at, intervalMs: Number.isFinite(intervalMs) ? intervalMs : 0 });
      judge(host.breaches, sampled, ({ metric }) => readMetric(metric, { sample, clockOffsetMs }), at);
      settle(hostId, at);
    },
    async look(now = Date.now()) {
      await readRules();
      await readEnding(now);
      const concerned = new Set([...down.keys(), ...ending.keys()]);
      for (const [hostId, { breaches }] of known)
        for (const { rule } of breaches.values()) if (isByClock(rule.metric)) concerned.add(hostId);
      for (const hostId of concerned) judgeByClock(hostId, now);
    },
    flush: lane.flush,
  };
}
