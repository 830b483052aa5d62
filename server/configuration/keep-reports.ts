import { type SQL, sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { ConfigurationReport } from '../../agent/protocol';
import type { Database, Transaction } from '../../db/client';

export type HostReport = ConfigurationReport & { hostId: string };

/**
 * One statement. Of several of one host the last counts; hosts that are gone fall out by the join. What was set on the
 * machine before stays so since then; what is set no more, or otherwise than when somebody asked for it, is not to be
 * put back any more. A report without values has in force what the host was handed; it is not known what that says once
 * the host was handed another document. That a host refused a document or went back from it is in its history, once for
 * each time that it says so anew.
 */
export async function writeConfigurationReports(db: Database, reports: readonly HostReport[]): Promise<void> {
  const latest = [...new Map(reports.map((report) => [report.hostId, report])).values()];
  const failed = latest.flatMap(({ hostId, status }) =>
    status === 'failed' || status === 'rolled_back' ? [{ hostId, eventId: uuidv7() }] : [],
  );
  if (failed.length === 0) return void (await db.execute(keepReports(latest)));
  await db.transaction(async (tx) => {
    // Their history refers to them: a row of `host` is locked before one of the others (docs/decisions/0020).
    await lockHosts(tx, failed);
    await tx.execute(sql`
      with was as materialized (
        select host_id, status, status_of from host_configuration where host_id in (select "hostId" from ${idsOf(failed)})
      ), became as (
        ${keepReports(latest)} returning host_id, status, status_of, message
      )
      insert into host_event (id, host_id, kind, detail)
      select f."eventId", became.host_id, 'configuration_' || became.status, became.message
      from became join ${idsOf(failed)} on f."hostId" = became.host_id left join was on was.host_id = became.host_id
      where (was.status, was.status_of) is distinct from (became.status, became.status_of)`);
  });
}

type Failed = { hostId: string; eventId: string }[];

const idsOf = (failed: Failed) =>
  sql`jsonb_to_recordset(${JSON.stringify(failed)}::jsonb) as f("hostId" uuid, "eventId" uuid)`;

const lockHosts = (tx: Transaction, failed: Failed) =>
  tx.execute(sql`select from host where id in (select "hostId" from ${idsOf(failed)}) order by id for key share`);

const keepReports = (latest: readonly HostReport[]): SQL => sql`
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
        where excluded.local->asked.key->'value' = kept.local->asked.key->'value'), '[]')`;
