import { and, asc, eq, getTableColumns, ilike } from 'drizzle-orm';
import { z } from 'zod';
import { configurationLayers, fleetHosts, fleetMembers, fleets, hosts, lowerName } from '../../db/schema';
import { AppError } from '../errors';
import { type Asker, visibleHosts } from '../hosts/visible-hosts';
import { byId, byLowerText, containing } from '../list/keyset';
import { type List, paging, readCountedPage } from '../list/list';
import type { Services } from '../services';
import { storableText } from '../storable-text';
import type { FleetRow } from './fleet-schema';
import { summariseFleet } from './summarise-fleet';
import { visibleFleets, visibleMembers } from './visible-fleets';

const fleetFilter = z.object({
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

const fleetList: List<Ctx, z.infer<typeof fleetFilter>, Stored, 'name' | 'created'> = {
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

/** The fleets that a host is in, as far as there are such for the caller. */
export const findFleetsOf = (ctx: Ctx, hostId: string) =>
  ctx.db
    .select({ id: fleets.id, name: fleets.name, tags: fleets.tags, how: fleetHosts.how, since: fleetHosts.since })
    .from(fleetHosts)
    .innerJoin(fleets, eq(fleets.id, fleetHosts.fleetId))
    .where(and(visibleFleets(ctx), eq(fleetHosts.hostId, hostId)))
    .orderBy(asc(lowerName(fleets.name)))
    .limit(100);

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
