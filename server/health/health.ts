import type { Sample } from '../../agent/protocol';
import type { Database } from '../../db/client';
import { type EventBus, EVERY } from '../events';
import { type Log, logFailure } from '../log';
import { STALE_INTERVALS } from '../metrics/staleness';
import type { GroupCommit } from '../process/group-commit';
import { findRules } from './find-rules';
import { type Breaches, type Finding, findingsOf, forgetUncounted, judge, keepHolding } from './judge';
import { lookAtClock } from './look-at-clock';
import { isByClock, type Measured, readMetric } from './rule-metrics';
import type { Rule } from './rule-schema';
import { rulesFor } from './rule-scope';
import { takeUp } from './take-up';
import { type ChangedHealth, type FindingsOfHost, writeFindings } from './write-health';

/** So long a host that is back may stand in its row as down: presence is written once a second. */
const BACK_MS = 30_000;
const RETURNED_MS = 1000;
/** What a host is in is read anew after so long, should nobody have told that it changed. */
const TAKEN_MS = 600_000;
/** Of figures that are stale so many are named. */
const MOST_NAMED = 3;
/** Samples of a host that wait until the rows have been read. More come only while the database is away. */
const MOST_WAITING = 10;

interface Known {
  /** Whose samples these are; with another one it may have been another process's meanwhile. */
  connection: object | null;
  /** Of the rules that hold for it. */
  rules: readonly Rule[];
  version: number;
  takenAt: number;
  breaches: Breaches;
  /** Of the last sample, Unix milliseconds. */
  sampledAt: number;
  /** From the sample before to that one, in milliseconds: a machine may have an interval of its own. */
  intervalMs: number;
  /** What was written last; undefined while this process has not written anything. */
  written: string | undefined;
}

/** Of a finding only that it is there: its value is what it was when it began. */
const nameFindings = (breaches: Breaches) =>
  findingsOf(breaches)
    .map(({ rule, label }) => JSON.stringify([rule.id, label]))
    .sort()
    .join();

/** As a reason of health has them. */
const namesOf = (stale: Finding[]) => [
  ...new Set(stale.map(({ rule, label }) => (label ? `${rule.metric}:${label}` : rule.metric))),
];

interface Waiting extends Measured {
  connection: object | null;
}

/**
 * How well hosts are, by rules that people set. A sample is judged where it arrives, from memory and without a query;
 * what changes is written with what changed of other hosts. The rows are what counts: with each connection of a host
 * they are read, those of many hosts at once, and what is in memory of a host that has gone elsewhere is never written.
 * What has not lasted long enough to count is in memory alone, and begins anew in a process that takes over.
 */
export interface Health {
  /**
   * @param from its connection, by identity, and how far our clock is before the machine's, in milliseconds; null while
   *   that is not known
   */
  sampled(hostId: string, sample: Sample, from: { connection: object | null; clockOffsetMs: number | null }): void;
  /** Looks at what no sample tells, how long hosts are down and when certificates end, by the rules as they are now. */
  look(now?: number): Promise<void>;
  /** Writes what has changed until now. Rejects with what failed; that is tried again. */
  flush(): Promise<void>;
}

const mergeFindings = (waiting: FindingsOfHost, newer: FindingsOfHost) => ({
  ...newer,
  stale: [...new Set([...waiting.stale, ...newer.stale])].slice(-MOST_NAMED),
});

interface Making {
  db: Database;
  log: Log;
  writer: GroupCommit;
  events: EventBus;
  heartbeatSeconds: number;
}

export async function startHealth({ db, log, writer, events, heartbeatSeconds }: Making): Promise<Health> {
  const known = new Map<string, Known>();
  const waiting = new Map<string, Waiting[]>();
  /** When hosts came back, Unix milliseconds. */
  const back = new Map<string, number>();
  /** By the last look. */
  let silent: ReadonlySet<string> = new Set();
  let rules: readonly Rule[] = [];
  /** Grows with each change of the rules. */
  let version = 0;
  let text = '';

  const tell = (changed: ChangedHealth[]) => {
    for (const one of changed) events.emit('host.health', one);
  };
  const taking = writer.lane<string>({
    merge: { keyOf: (hostId) => hostId, into: (hostId) => hostId },
    commit: takeUpHosts,
    onFailure: (error) => logFailure(log, 'the health of hosts was not read; trying again', error),
  });
  const writing = writer.lane<FindingsOfHost>({
    merge: { keyOf: ({ hostId }) => hostId, into: mergeFindings },
    commit: async (rows) => tell(await writeFindings(db, rows, rules)),
    onFailure: (error) => logFailure(log, 'the health of hosts was not written; trying again', error),
  });

  /** Hosts that were silent and are back: at once, but not for each of thousands anew. */
  const returning = writer.lane<string>({
    merge: { keyOf: (hostId) => hostId, into: (hostId) => hostId },
    everyMs: RETURNED_MS,
    commit: () => look(),
    onFailure: (error) => logFailure(log, 'the health of hosts was not looked at; trying again', error),
  });

  /** Those whose rows are to be read first are judged then. */
  async function takeUpHosts(hostIds: string[]): Promise<void> {
    const now = Date.now();
    const [all, as] = [rules, version];
    const found = await takeUp(db, hostIds, all);
    for (const hostId of hostIds) {
      const samples = waiting.get(hostId) ?? [];
      waiting.delete(hostId);
      const taken = found.get(hostId);
      const connection = samples.at(-1)?.connection;
      if (!taken || connection === undefined) continue;
      const before = known.get(hostId);
      const mine = before?.connection === connection ? before : undefined;
      const sampledAt = mine?.sampledAt ?? -Infinity;
      const holding = rulesFor(all, taken.scopes).filter(({ metric }) => !isByClock(metric));
      // What the rows say already need not be said again.
      const written = taken.isJudged && !mine ? nameFindings(taken.breaches) : undefined;
      const breaches = keepHolding(mine?.breaches ?? taken.breaches, holding);
      const one = { connection, rules: holding, version: as, takenAt: now, breaches, written };
      known.set(hostId, { ...one, sampledAt, intervalMs: mine?.intervalMs ?? 0 });
      for (const { sample, clockOffsetMs } of samples) judgeSample(hostId, { sample, clockOffsetMs });
    }
  }

  function judgeSample(hostId: string, measured: Measured): void {
    const host = known.get(hostId)!;
    const at = Date.parse(measured.sample.at);
    const intervalMs = at - host.sampledAt;
    const usualMs = Math.max(heartbeatSeconds * 1000, host.intervalMs);
    if (intervalMs > STALE_INTERVALS * usualMs) forgetUncounted(host.breaches);
    Object.assign(host, { sampledAt: at, intervalMs: Number.isFinite(intervalMs) ? intervalMs : 0 });
    const stale = judge(host.breaches, host.rules, ({ metric }) => readMetric(metric, measured), at);
    const findings = findingsOf(host.breaches).map(({ rule, label, since, value }) => {
      return { ruleId: rule.id, label, since: new Date(since).toISOString(), value };
    });
    const now = nameFindings(host.breaches);
    if (host.written === now) return;
    host.written = now;
    writing
      .add({ hostId, at: new Date(at).toISOString(), findings, stale: namesOf(stale).slice(0, MOST_NAMED) })
      .catch((error: unknown) => logFailure(log, 'the health of a host cannot be written', error));
  }

  async function readRules(): Promise<void> {
    const read = await findRules(db);
    const now = JSON.stringify(read);
    if (now === text) return;
    [rules, text] = [read, now];
    version++;
  }

  let looking: Promise<void> = Promise.resolve();
  /** One after the other: of two at once the one that began first would have the last word. */
  function look(now?: number): Promise<void> {
    looking = looking.catch(() => undefined).then(() => lookNow(now));
    return looking;
  }
  async function lookNow(now = Date.now()): Promise<void> {
    await readRules();
    for (const [hostId, at] of back) if (now - at > BACK_MS) back.delete(hostId);
    const looked = await lookAtClock(db, rules, { now, back: [...back.keys()] });
    silent = looked.silent;
    tell(looked.changed);
  }

  const forget = ({ hostId }: { hostId: string }) => {
    known.delete(hostId);
    waiting.delete(hostId);
    back.delete(hostId);
  };
  events.listen('host.access_withdrawn', EVERY, forget);
  events.listen('host.deleted', EVERY, forget);
  for (const name of ['host.fleets_changed', 'host.changed'] as const)
    events.listen(name, EVERY, ({ hostId }) => {
      const host = known.get(hostId);
      if (host && rules.some(({ scope }) => scope)) host.version = -1;
    });
  events.listen('health.rules_changed', EVERY, () => {
    look().catch((error: unknown) => logFailure(log, 'the health of hosts was not looked at; trying again', error));
  });
  events.listen('host.presence', EVERY, ({ hostId, state }) => {
    if (state === 'down') return void back.delete(hostId);
    back.set(hostId, Date.now());
    if (silent.has(hostId))
      returning
        .add(hostId)
        .catch((error: unknown) => logFailure(log, 'the health of a host that is back cannot be looked at', error));
  });
  await readRules();

  return {
    sampled(hostId, sample, { connection, clockOffsetMs }) {
      const host = known.get(hostId);
      const isTaken = host?.connection === connection && host.version === version;
      if (isTaken && Date.now() - host.takenAt < TAKEN_MS && !waiting.has(hostId))
        return judgeSample(hostId, { sample, clockOffsetMs });
      const samples = waiting.get(hostId) ?? [];
      waiting.set(hostId, [...samples, { sample, clockOffsetMs, connection }].slice(-MOST_WAITING));
      taking.add(hostId).catch((error: unknown) => logFailure(log, 'the health of a host cannot be read', error));
    },
    look,
    async flush() {
      await taking.flush();
      await writing.flush();
      await returning.flush();
    },
  };
}
