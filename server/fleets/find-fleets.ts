import { and, asc, eq, getTableColumns, ilike, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { configurationLayers, fleetHosts, fleetMembers, fleets, hosts, lowerName } from '../../db/schema';
import { AppError } from '../errors';
import type { HostDetail } from '../hosts/host-schema';
import { type Asker, visibleHosts } from '../hosts/visible-hosts';
import { byId, byLowerText, containing } from '../list/keyset';
import { type List, paging, readCountedPage } from '../list/list';
import type { Services } from '../services';
import { storableText } from '../storable-text';
import type { FleetRow } from './fleet-schema';
import { summariseFleet } from './summarise-fleet';
import { visibleFleets, visibleMembers } from './visible-fleets';

export const fleetFilter = z.object({
  search: storableText(100)
    .trim()
    .meta({ examples: ['shop'] })
    .optional(),
});
export const fleetQuery = fleetFilter.extend(paging(['name', 'created']));

type Ctx = Pick<Services, 'db'> & Asker;
type Stored = typeof fleets.$inferSelect & { hosts: number };

const selectFleets = (ctx: Ctx) =>
  ctx.db.select({ ...getTableColumns(fleets), hosts: visibleMembers(ctx) }).from(fleets);

export const fleetList: List<Ctx, z.infer<typeof fleetFilter>, Stored, 'name' | 'created'> = {
  select: selectFleets,
  scope: visibleFleets,
  id: { of: ({ id }) => id },
  conditions: ({ search }) => [search ? ilike(fleets.name, containing(search)) : undefined],
  orders: {
    name: byLowerText(fleets.id, fleets.name, ({ name }) => name, lowerName),
    created: byId(fleets.id, ({ id }) => id),
  },
};

/** One page of the fleets that there are for the caller. */
export async function listFleets(ctx: Ctx, { sort, direction, cursor, limit, ...filter }: z.infer<typeof fleetQuery>) {
  const { rows, ...page } = await readCountedPage(fleetList, ctx, { filter, sort, direction, cursor, limit });
  return { fleets: rows.map(fleetRow), ...page };
}

/** As many names are offered at once. */
const MOST_NAMES = 200;

/** The first fleets by name whose name has a text in it, and whether there are more. */
export async function findFleetNames(ctx: Ctx, { search }: z.infer<typeof fleetFilter>) {
  const found = await ctx.db
    .select({ id: fleets.id, name: fleets.name })
    .from(fleets)
    .where(and(visibleFleets(ctx), search ? ilike(fleets.name, containing(search)) : undefined))
    .orderBy(asc(lowerName(fleets.name)), asc(fleets.id))
    .limit(MOST_NAMES + 1);
  return { fleets: found.slice(0, MOST_NAMES), isCut: found.length > MOST_NAMES };
}

/** A fleet, and how its hosts divide. Throws `fleet.not_found`. */
export async function findFleet(ctx: Ctx, fleetId: string) {
  const [fleet] = await selectFleets(ctx).where(and(visibleFleets(ctx), eq(fleets.id, fleetId)));
  if (!fleet) throw new AppError('fleet.not_found');
  const excepted = await ctx.db
    .select({ id: hosts.id, fqdn: hosts.fqdn, by: fleetMembers.by, at: fleetMembers.at })
    .from(fleetMembers)
    .innerJoin(hosts, eq(hosts.id, fleetMembers.hostId))
    .where(and(visibleHosts(ctx), eq(fleetMembers.fleetId, fleetId), eq(fleetMembers.kind, 'excepted')))
    .orderBy(asc(hosts.fqdn))
    .limit(100);
  const isConfigured = (await ctx.db.$count(configurationLayers, eq(configurationLayers.fleetId, fleetId))) > 0;
  return {
    ...fleetRow(fleet),
    isConfigured,
    excepted: excepted.map(({ at, ...host }) => ({ ...host, at: at.toISOString() })),
    ...(await summariseFleet(ctx, fleetId)),
  };
}

/** One that a host is in. */
export type FleetOfHost = HostDetail['host']['fleets'][number];

/** Of each host. */
const MOST_OF_HOST = 100;

/** The fleets that each of these hosts is in, by name, as far as there are such for the caller; at most 100 of each. */
export async function findFleetsOf(
  ctx: Ctx,
  hostIds: readonly string[],
): Promise<ReadonlyMap<string, readonly FleetOfHost[]>> {
  const { rows } = await ctx.db.execute<Omit<FleetOfHost, 'since'> & { host_id: string; since: string }>(sql`
    select ${hosts.id} as host_id, of_host.* from ${hosts} cross join lateral (
      select ${fleets.id}, ${fleets.name}, ${fleets.tags}, ${fleetHosts.how}, ${fleetHosts.since}
      from ${fleetHosts} join ${fleets} on ${fleets.id} = ${fleetHosts.fleetId}
      where ${and(visibleFleets(ctx), eq(fleetHosts.hostId, hosts.id))}
      order by ${lowerName(fleets.name)} limit ${MOST_OF_HOST}) of_host
    where ${and(visibleHosts(ctx), inArray(hosts.id, [...hostIds]))}`);
  const found = new Map<string, FleetOfHost[]>();
  for (const { host_id: hostId, since, ...fleet } of rows)
    found.set(hostId, [...(found.get(hostId) ?? []), { ...fleet, since: new Date(since).toISOString() }]);
  return found;
}

/** Throws `fleet.not_found` for one that is none for the caller. */
export async function requireFleet(ctx: Ctx, fleetId: string): Promise<{ name: string; rule: string | null }> {
  const [fleet] = await ctx.db
    .select({ name: fleets.name, rule: fleets.rule })
    .from(fleets)
    .where(and(visibleFleets(ctx), eq(fleets.id, fleetId)));
  if (!fleet) throw new AppError('fleet.not_found');
  return fleet;
}

const fleetRow = ({ id, name, description, tags, rule, hosts, isSettled, createdAt }: Stored): FleetRow => ({
  ...{ id, name, description, tags, rule, hosts, isSettled },
  createdAt: createdAt.toISOString(),
});
