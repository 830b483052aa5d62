import { sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../db/client';
import { hostEvents } from '../../db/schema';
import type { HealthState, Verdict } from './judge';

/** How a host is from `at` on, and why. */
export interface HealthOfHost extends Verdict {
  hostId: string;
  /** ISO 8601. */
  at: string;
  findings: { ruleId: string; label: string; since: string; value: number }[];
}

/** What the row of a host says of its health now. */
export interface ChangedHealth {
  hostId: string;
  health: Verdict & { since: string };
}

/**
 * One transaction for any number of hosts. Rows that say so already are not written, and nothing of the history is said
 * twice, whoever else judges the same host. The rows in `host` are locked first, in the order of their ids
 * (docs/decisions/0020). Hosts that are gone or may not connect fall out. Returns those whose row has changed.
 */
export async function writeHealth(db: Database, rows: HealthOfHost[]): Promise<ChangedHealth[]> {
  const given = sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
    as r("hostId" uuid, state text, reason text, at timestamptz, findings jsonb)`;
  return db.transaction(async (tx) => {
    const { rows: changed } = await tx.execute<ChangedRow>(sql`
      with r as materialized (select * from ${given}), locked as materialized (
        select host.id, host.health from r join host on host.id = r."hostId"
        where host.approval = 'approved' order by host.id for no key update of host
      )
      update host set health = r.state, health_reason = r.reason,
        health_since = case when host.health = r.state then host.health_since else r.at end
      from r join locked on locked.id = r."hostId"
      where host.id = locked.id and (host.health, host.health_reason) is distinct from (r.state, r.reason)
      returning host.id, locked.health as before, host.health as state, host.health_reason as reason,
        extract(epoch from host.health_since)::float8 as since`);
    await tx.execute(sql`
      delete from health_finding f using ${given}
      where f.host_id = r."hostId" and not exists (
        select from jsonb_to_recordset(r.findings) as n("ruleId" uuid, label text)
        where n."ruleId" = f.rule_id and n.label = f.label)`);
    await tx.execute(sql`
      insert into health_finding (host_id, rule_id, label, since, value)
      select host.id, n."ruleId", n.label, n.since, n.value
      from ${given} cross join jsonb_to_recordset(r.findings)
        as n("ruleId" uuid, label text, since timestamptz, value double precision)
      join host on host.id = r."hostId" and host.approval = 'approved'
      on conflict do nothing`);
    const happened = changed.flatMap(({ id: hostId, before, state, reason, since }) => {
      // That a host was judged for the first time, and is well, is no news.
      if (before === state || (before === null && state === 'ok')) return [];
      const at = new Date(since * 1000);
      return [{ id: uuidv7({ msecs: at.getTime() }), hostId, at, kind: `health_${state}` as const, detail: reason }];
    });
    if (happened.length > 0) await tx.insert(hostEvents).values(happened);
    return changed.map(({ id: hostId, state, reason, since }) => {
      return { hostId, health: { state, reason, since: new Date(since * 1000).toISOString() } };
    });
  });
}

type ChangedRow = {
  id: string;
  before: HealthState | null;
  state: HealthState;
  reason: string | null;
  /** Seconds since 1970. */
  since: number;
};
