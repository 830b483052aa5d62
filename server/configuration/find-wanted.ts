import { eq, inArray } from 'drizzle-orm';
import type { Configuration } from '../../agent/configuration/schema';
import type { Database, Transaction } from '../../db/client';
import { configurationLayers } from '../../db/schema';
import { GLOBAL, layersOfHost } from './layer-name';
import { type Layer, mergeLayers, type Merged } from './merge-layers';

/** What a host is to be. `isAsked` is false while nobody has ever said anything that concerns it. */
export async function findWanted(db: Database | Transaction, hostId: string): Promise<Merged & { isAsked: boolean }> {
  const names = layersOfHost(hostId);
  const found = await db
    .select({ layer: configurationLayers.layer, document: configurationLayers.document })
    .from(configurationLayers)
    .where(inArray(configurationLayers.layer, names));
  const layers = names.flatMap((name) => found.filter(({ layer }) => layer === name)) as Layer[];
  return { ...mergeLayers(layers), isAsked: layers.length > 0 };
}

/** The layer of all hosts; empty while nobody has written it. */
export async function findGlobal(db: Database | Transaction): Promise<Configuration> {
  const [layer] = await db
    .select({ document: configurationLayers.document })
    .from(configurationLayers)
    .where(eq(configurationLayers.layer, GLOBAL));
  return layer?.document ?? {};
}
