import { sql } from 'drizzle-orm';
import type { ConfigurationReport } from '../../agent/protocol';
import type { Database } from '../../db/client';

export type HostReport = ConfigurationReport & { hostId: string };

/**
 * One statement. Of several of one host the last counts; hosts that are gone fall out by the join. What was set on the
 * machine before stays so since then; what is set no more, or otherwise than when somebody asked for it, is not to be put
 * back any more. A report without values has in
 * force what the host was handed; it is not known what that says once the host was handed another document.
 */
export async function writeConfigurationReports(db: Database, reports: readonly HostReport[]): Promise<void> {
  const latest = [...new Map(reports.map((report) => [report.hostId, report])).values()];
  await db.execute(sql`
    insert into host_configuration as kept
      (host_id, reported_at, in_force_hash, in_force, locked, local, status, status_of, message)
    select r."hostId", now(), r."inForce", coalesce(r.values, (
        select jsonb_object_agg(section.key || '.' || word.key, word.value)
        from host_configuration given, jsonb_each(given.offered) section, jsonb_each(section.value) word
        where given.host_id = r."hostId" and given.offered_hash = r."inForce")), r.locked,
      coalesce((
        select jsonb_object_agg(word.key, jsonb_build_object('value', word.value, 'since', now()))
        from jsonb_each(r.local) word), '{}'),
      r.status, r."of", r.message
    from jsonb_to_recordset(${JSON.stringify(latest)}::jsonb)
      as r("hostId" uuid, "inForce" text, values jsonb, locked jsonb, local jsonb, status text, "of" text, message text)
    join host on host.id = r."hostId"
    -- As a push locks the same rows: in another order the two would wait for each other.
    order by host.id
    on conflict (host_id) do update set
      (reported_at, in_force_hash, in_force, locked, status, status_of, message)
      = (excluded.reported_at, excluded.in_force_hash, excluded.in_force, excluded.locked, excluded.status,
         excluded.status_of, excluded.message),
      local = coalesce((
        select jsonb_object_agg(word.key,
          case when kept.local->word.key->'value' = word.value->'value' then kept.local->word.key else word.value end)
        from jsonb_each(excluded.local) word), '{}'),
      put_back = coalesce((
        select jsonb_agg(asked.key) from jsonb_array_elements_text(kept.put_back) asked (key)
        where excluded.local->asked.key->'value' = kept.local->asked.key->'value'), '[]')`);
}
