import { type SQL, sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { Database, Transaction } from '../../db/client';
import { hostEvents } from '../../db/schema';
import type { HealthState } from './judge';
import { isByClock } from './rule-metrics';
import type { Rule } from './rule-schema';

/** What is wrong with a host from `at` on, of what samples tell. */
export interface FindingsOfHost {
  hostId: string;
  /** ISO 8601. */
  at: string;
  findings: { ruleId: string; label: string; since: string; value: number }[];
  /** What has ended only because it is not told any more. */
  stale: string[];
}

/** What the row of a host says of its health now. */
export interface ChangedHealth {
  hostId: string;
  health: { state: HealthState; reason: string | null; since: string };
}

/**
 * Puts findings in the place of those that samples of these hosts made before, and leaves those of the clock to who
 * looks at the clock. One transaction for any number of hosts; the rows in `host` are locked first, in the order of
 * their ids (docs/decisions/0020). Hosts that are gone or may not connect fall out. Returns those whose row has
 * changed.
 */
export async function writeFindings(
  db: Database,
  rows: readonly FindingsOfHost[],
  rules: readonly Rule[],
): Promise<ChangedHealth[]> {
  const given = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r("hostId" uuid, at timestamptz, findings jsonb, stale text[])`;
  const clocked = rules.filter(({ metric }) => isByClock(metric)).map(({ id }) => id);
  return db.transaction(async (tx) => {
    const { rows: locked } = await tx.execute<{ id: string }>(sql`
      select host.id from ${given} join host on host.id = r."hostId"
      where host.approval = 'approved' order by host.id for no key update of host`);
    const there = sql`r."hostId" = any(${sql.param(locked.map(({ id }) => id))}::uuid[])`;
    await tx.execute(sql`
      delete from health_finding f using ${given}
      where f.host_id = r."hostId" and ${there} and f.rule_id <> all(${sql.param(clocked)}::uuid[]) and not exists (
        select from jsonb_to_recordset(r.findings) as n("ruleId" uuid, label text)
        where n."ruleId" = f.rule_id and n.label = f.label)`);
    await tx.execute(sql`
      insert into health_finding (host_id, rule_id, label, since, value)
      select r."hostId", n."ruleId", n.label, n.since, n.value
      from ${given} cross join jsonb_to_recordset(r.findings)
        as n("ruleId" uuid, label text, since timestamptz, value double precision)
      where ${there}
      on conflict do nothing`);
    return judgeHosts(
      tx,
      rules,
      sql`select host.id, host.health, r.at, r.stale from ${given} join host on host.id = r."hostId" where ${there}`,
    );
  });
}

/**
 * Makes the row of each host say what its findings come to: the worst of them, and of several alike what began first.
 * Rows that say so already are not written, and nothing of the history is said twice, whoever else does the same.
 * @param which rows of id, health, the moment from when on it is so, and what has ended by being stale
 */
export async function judgeHosts(tx: Transaction, rules: readonly Rule[], which: SQL): Promise<ChangedHealth[]> {
  const said = rules.map(({ id, position, severity, metric, comparison, threshold }) => {
    return { id, position, severity, metric, limit: `${comparison} ${threshold}` };
  });
  const { rows: changed } = await tx.execute<ChangedRow>(sql`
    with judged as materialized (
      select w.id, w.health as before, w.at, w.stale, coalesce(worst.severity, 'ok') as state, worst.reason
      from (${which}) w left join lateral (
        select n.severity, n.metric || case f.label when '' then '' else ':' || f.label end || ' ' || n."limit" as reason
        from health_finding f
        join jsonb_to_recordset(${JSON.stringify(said)}::jsonb)
          as n(id uuid, position int, severity text, metric text, "limit" text) on n.id = f.rule_id
        where f.host_id = w.id
        order by n.severity = 'critical' desc, f.since, n.position, f.label collate "C" limit 1
      ) worst on true
    ), locked as materialized (
      select host.id from host join judged on judged.id = host.id
      where host.approval = 'approved' and (host.health, host.health_reason) is distinct from (judged.state, judged.reason)
      order by host.id for no key update of host
    )
    update host set health = j.state, health_reason = j.reason,
      health_since = case when host.health = j.state then host.health_since else j.at end
    from judged j join locked on locked.id = j.id
    where host.id = j.id and (host.health, host.health_reason) is distinct from (j.state, j.reason)
    returning host.id, j.before, j.stale, host.health as state, host.health_reason as reason,
      extract(epoch from host.health_since)::float8 as since`);
  const happened = changed.flatMap(({ id: hostId, before, stale, state, reason, since }) => {
    // That a host was judged for the first time, and is well, is no news.
    if (before === state || (before === null && state === 'ok')) return [];
    const at = new Date(since * 1000);
    // Not known to be ill is not known to be well.
    const detail = reason ?? (stale.length > 0 ? `${stale.join(', ')} stale` : null);
    return [{ id: uuidv7({ msecs: at.getTime() }), hostId, at, kind: `health_${state}` as const, detail }];
  });
  if (happened.length > 0) await tx.insert(hostEvents).values(happened);
  return changed.map(({ id: hostId, state, reason, since }) => {
    return { hostId, health: { state, reason, since: new Date(since * 1000).toISOString() } };
  });
}

type ChangedRow = {
  id: string;
  before: HealthState | null;
  stale: string[];
  state: HealthState;
  reason: string | null;
  /** Seconds since 1970. */
  since: number;
};
