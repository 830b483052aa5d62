import { type Column, eq, or, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { configurationLayers, configurationOrder, fleetHosts, hostConfigurations, hosts } from '../../db/schema';
import { GLOBAL } from './layers/layer-name';
import { mergeLayers, type Merged } from './layers/merge-layers';

/** What a host is to be, and what is kept of how it is. */
export interface WantedOfHost extends Merged {
  /** False while nobody has ever said anything that concerns it. */
  isAsked: boolean;
  row: typeof hostConfigurations.$inferSelect | undefined;
}

export async function findWanted(db: Database | Transaction, hostId: string): Promise<WantedOfHost> {
  return (await findWantedOf(db, [hostId])).get(hostId)!;
}

/**
 * Of many hosts, by id, in two statements, and again where somebody moved between them. Hosts of the same layers share
 * one merged document, which is nobody's to change. An id that no host has is told what all are told.
 */
export async function findWantedOf(
  db: Database | Transaction,
  hostIds: readonly string[],
): Promise<Map<string, WantedOfHost>> {
  const isAsked = (column: Column) =>
    sql`${column} in (select id::uuid from jsonb_array_elements_text(${JSON.stringify(hostIds)}::jsonb) asked (id))`;
  const layers = await db
    .select({
      layer: configurationLayers.layer,
      document: configurationLayers.document,
      place: configurationOrder.place,
    })
    .from(configurationLayers)
    .leftJoin(configurationOrder, eq(configurationOrder.fleetId, configurationLayers.fleetId))
    .where(
      or(
        eq(configurationLayers.layer, GLOBAL),
        isAsked(configurationLayers.hostId),
        sql`${configurationLayers.fleetId} in (
          select ${fleetHosts.fleetId} from ${fleetHosts} where ${isAsked(fleetHosts.hostId)})`,
      ),
    );
  const found = await db
    .select({
      hostId: hosts.id,
      fleets: sql<string[]>`(
        select coalesce(jsonb_agg('fleet/' || member.fleet_id), '[]')
        from ${fleetHosts} member join ${configurationLayers} said on said.fleet_id = member.fleet_id
        where member.host_id = ${hosts.id})`,
      row: hostConfigurations,
    })
    .from(hosts)
    .leftJoin(hostConfigurations, eq(hostConfigurations.hostId, hosts.id))
    .where(isAsked(hosts.id));
  const byHost = new Map(found.map((one) => [one.hostId, one]));
  const byName = new Map(layers.map((layer) => [layer.layer, layer]));
  // A host that came into a fleet between the two: what that says to it was not read.
  if (found.some(({ fleets }) => fleets.some((name) => !byName.has(name)))) return findWantedOf(db, hostIds);
  const merged = new Map<string, Merged>();
  return new Map(
    hostIds.map((hostId) => {
      const { fleets = [], row = null } = byHost.get(hostId) ?? {};
      const own = [GLOBAL, ...fleets.sort(), `host/${hostId}`].flatMap((name) => byName.get(name) ?? []);
      const names = own.map(({ layer }) => layer).join();
      const document = merged.get(names) ?? mergeLayers(own);
      merged.set(names, document);
      // One that was given something is told of it, too, when nothing is left of that.
      return [hostId, { ...document, isAsked: own.length > 0 || row?.offeredAt != null, row: row ?? undefined }];
    }),
  );
}
