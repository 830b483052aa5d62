import { sql } from 'drizzle-orm';
import { CONFIGURATION_FORMAT } from '../../agent/configuration/schema';
import type { OfferedConfiguration } from '../../agent/protocol';
import { hostConfigurations } from '../../db/schema';
import { AppError } from '../errors';
import type { ConnectedAgent } from '../trpc';
import { findWanted } from './find-wanted';

/**
 * Hands a host what is wanted of it now, which may be newer than the hash it was told. Throws
 * `configuration.fleets_disagree`: it is told again when they do not.
 */
export async function offerConfiguration({ db, agent, events }: ConnectedAgent): Promise<OfferedConfiguration> {
  const { hostId } = agent;
  const { hash, document, conflicts } = await findWanted(db, hostId);
  if (conflicts.length > 0) throw new AppError('configuration.fleets_disagree');
  const offered = { offeredHash: hash, offered: document, offeredAt: sql`now()` };
  await db
    .insert(hostConfigurations)
    .values({ hostId, ...offered })
    .onConflictDoUpdate({ target: hostConfigurations.hostId, set: offered });
  events.emit('host.configured', { hostId });
  return { format: CONFIGURATION_FORMAT, hash, document };
}
