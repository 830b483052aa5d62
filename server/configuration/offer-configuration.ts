import { sql } from 'drizzle-orm';
import { CONFIGURATION_FORMAT } from '../../agent/configuration/schema';
import type { OfferedConfiguration } from '../../agent/protocol';
import { hostConfigurations } from '../../db/schema';
import { AppError } from '../errors';
import type { ConnectedAgent } from '../trpc';
import { findWanted } from './find-wanted';
import { openDocument } from './secrets';

/**
 * Hands a host what is wanted of it now, which may be newer than the hash it was told. Throws
 * `configuration.fleets_disagree`, after which it is told again, and `configuration.secret_lost`.
 */
export async function offerConfiguration(ctx: ConnectedAgent): Promise<OfferedConfiguration> {
  const { db, agent, events } = ctx;
  const { hostId } = agent;
  const { hash, document, sources, conflicts } = await findWanted(db, hostId);
  if (conflicts.length > 0) throw new AppError('configuration.fleets_disagree');
  const opened = openDocument(ctx, document, sources);
  const offered = { offeredHash: hash, offered: document, offeredAt: sql`now()` };
  await db
    .insert(hostConfigurations)
    .values({ hostId, ...offered })
    .onConflictDoUpdate({ target: hostConfigurations.hostId, set: offered });
  events.emit('host.configured', { hostId });
  return { format: CONFIGURATION_FORMAT, hash, document: opened };
}
