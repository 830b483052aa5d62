import { CONFIGURATION_FORMAT } from '../../agent/configuration/schema';
import type { OfferedConfiguration } from '../../agent/protocol';
import { AppError } from '../errors';
import type { ConnectedAgent } from '../trpc';
import { openDocument } from './secrets';

/**
 * Hands a host what is wanted of it now, which may be newer than the hash it was told. Throws
 * `configuration.fleets_disagree`, after which it is told again, and `configuration.secret_lost`.
 */
export async function offerConfiguration(ctx: ConnectedAgent): Promise<OfferedConfiguration> {
  const { hostId } = ctx.agent;
  const { hash, document, sources, conflicts } = await ctx.wantedConfiguration(hostId);
  if (conflicts.length > 0) throw new AppError('configuration.fleets_disagree');
  const opened = openDocument(ctx, document, sources);
  await ctx.reports.offered({ hostId, hash, document });
  ctx.events.emit('host.configured', { hostId });
  return { format: CONFIGURATION_FORMAT, hash, document: opened };
}
