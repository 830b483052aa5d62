import { eq, or, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { configurationLayers, configurationOrder, fleetHosts, hostConfigurations } from '../../db/schema';
import { GLOBAL } from './layer-name';
import { mergeLayers, type Merged } from './merge-layers';

/** What a host is to be, and what is kept of how it is. */
export interface WantedOfHost extends Merged {
  /** False while nobody has ever said anything that concerns it. */
  isAsked: boolean;
  row: typeof hostConfigurations.$inferSelect | undefined;
}

export async function findWanted(db: Database | Transaction, hostId: string): Promise<WantedOfHost> {
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
        eq(configurationLayers.hostId, hostId),
        sql`${configurationLayers.fleetId} in (
          select ${fleetHosts.fleetId} from ${fleetHosts} where ${fleetHosts.hostId} = ${hostId})`,
      ),
    );
  const [row] = await db.select().from(hostConfigurations).where(eq(hostConfigurations.hostId, hostId));
  // One that was given something is told of it, too, when nothing is left of that.
  return { ...mergeLayers(layers), isAsked: layers.length > 0 || row?.offeredAt != null, row };
}
