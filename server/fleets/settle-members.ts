import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { fleetHosts, fleetMembers, hosts } from '../../db/schema';
import type { Rule } from '../rules/rule';
import { type Asked, ruleCondition } from '../rules/rule-condition';
import { countMembersChange } from './members-version';

/** A fleet whose members are to be settled. */
export interface Ruled {
  id: string;
  rule: Rule | null;
}

/** Hosts that are looked at. */
export interface SomeHosts {
  /** A condition on the column of a host's id. */
  areIn: (hostId: SQLWrapper) => SQL;
  asked: Asked;
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
 * Nobody knows beforehand how many hosts satisfy a rule. Taken for few, 40,000 members were compared with each other
 * one by one: what is wanted and what is held meet in a full join, which is never made row by row, and what leaves is
 * found by where it lies, which stands still while nobody else settles.
 * @returns what became another
 */
export async function settleMembers(
  tx: Transaction,
  fleets: readonly Ruled[],
  { areIn, asked }: SomeHosts,
): Promise<Moved[]> {
  if (fleets.length === 0) return [];
  const ids = sql`(${sql.join(
    fleets.map(({ id }) => sql`${id}::uuid`),
    sql`, `,
  )})`;
  const judged = fleets.map(({ id, rule }) => sql`(${id}::uuid, ${rule ? ruleCondition(rule, asked) : sql`false`})`);
  const { rows } = await tx.execute<{ fleet_id: string; host_id: string }>(sql`
    with wanted as (
      select fleet_id, host_id, 'listed' as how from ${fleetMembers}
      where kind = 'listed' and fleet_id in ${ids} and ${areIn(fleetMembers.hostId)}
      union all
      select fleet_id, ${hosts.id}, case when ${hosts.approval} in ('approved', 'revoked') then 'ruled' else 'claimed' end
      from ${hosts} cross join lateral (values ${sql.join(judged, sql`, `)}) judged (fleet_id, holds)
      where holds and ${areIn(hosts.id)} and not exists (
        select from ${fleetMembers} where ${fleetMembers.fleetId} = judged.fleet_id and ${fleetMembers.hostId} = ${hosts.id})
    ), held as (
      select ctid as at, fleet_id, host_id, how from ${fleetHosts}
      where fleet_id in ${ids} and ${areIn(fleetHosts.hostId)}
    ), moved as materialized (
      select coalesce(wanted.fleet_id, held.fleet_id) as fleet_id, coalesce(wanted.host_id, held.host_id) as host_id,
        wanted.how, held.at
      from wanted full join held on held.fleet_id = wanted.fleet_id and held.host_id = wanted.host_id
      where wanted.how is distinct from held.how
    ), left_it as (
      delete from ${fleetHosts} where ctid = any (array(select at from moved where how is null))
    ), entered as (
      insert into ${fleetHosts} (fleet_id, host_id, how) select fleet_id, host_id, how from moved where how is not null
      on conflict (fleet_id, host_id) do update set how = excluded.how
    ), counted as (
      ${countMembersChange(sql`exists (select from moved)`)}
    )
    select fleet_id, host_id from moved`);
  return rows.map((row) => ({ fleetId: row.fleet_id, hostId: row.host_id }));
}
