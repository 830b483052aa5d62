import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { fleetHosts, fleetMembers, hosts } from '../../db/schema';
import type { Rule } from '../rules/rule';
import { ruleCondition } from '../rules/rule-condition';

/** A fleet whose members are to be settled. */
export interface Ruled {
  id: string;
  rule: Rule | null;
}

/** A host that is in a fleet now, or in it in another way, or is no more. */
export interface Moved {
  fleetId: string;
  hostId: string;
}

/**
 * One at a time, in all processes: of two that looked at a host before and after its change, the earlier must not write
 * last. What is read after this is what was committed before.
 */
export const settleAlone = (tx: Transaction) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtext('sysmanage fleet members'))`);

/**
 * Makes the members of these fleets what lists and rules say, as far as it is about these hosts. After `settleAlone`.
 * @param ofHosts a condition on the column of a host's id
 * @returns what became another
 */
export async function settleMembers(
  tx: Transaction,
  fleets: readonly Ruled[],
  ofHosts: (hostId: SQLWrapper) => SQL,
): Promise<Moved[]> {
  if (fleets.length === 0) return [];
  const ids = sql`(${sql.join(
    fleets.map(({ id }) => sql`${id}::uuid`),
    sql`, `,
  )})`;
  const judged = fleets.map(({ id, rule }) => sql`(${id}::uuid, ${rule ? ruleCondition(rule) : sql`false`})`);
  const { rows } = await tx.execute<{ fleet_id: string; host_id: string }>(sql`
    with wanted as (
      select fleet_id, host_id, 'listed' as how from ${fleetMembers}
      where kind = 'listed' and fleet_id in ${ids} and ${ofHosts(fleetMembers.hostId)}
      union all
      select fleet_id, ${hosts.id}, case when ${hosts.approval} in ('approved', 'revoked') then 'ruled' else 'claimed' end
      from ${hosts} cross join lateral (values ${sql.join(judged, sql`, `)}) judged (fleet_id, holds)
      where holds and ${ofHosts(hosts.id)} and not exists (
        select from ${fleetMembers} where ${fleetMembers.fleetId} = judged.fleet_id and ${fleetMembers.hostId} = ${hosts.id})
    ), left_it as (
      delete from ${fleetHosts} where fleet_id in ${ids} and ${ofHosts(fleetHosts.hostId)} and not exists (
        select from wanted where wanted.fleet_id = ${fleetHosts.fleetId} and wanted.host_id = ${fleetHosts.hostId})
      returning fleet_id, host_id
    ), entered as (
      insert into ${fleetHosts} (fleet_id, host_id, how)
      select fleet_id, host_id, how from wanted where not exists (
        select from ${fleetHosts} where ${fleetHosts.fleetId} = wanted.fleet_id and ${fleetHosts.hostId} = wanted.host_id
          and ${fleetHosts.how} = wanted.how)
      on conflict (fleet_id, host_id) do update set how = excluded.how
      returning fleet_id, host_id
    )
    select fleet_id, host_id from left_it union all select fleet_id, host_id from entered`);
  return rows.map((row) => ({ fleetId: row.fleet_id, hostId: row.host_id }));
}
