import { eq } from 'drizzle-orm';
import { hostConfigurations } from '../../db/schema';
import type { Source } from '../agents/inbox';
import { speaksForHost } from '../agents/sockets';
import { findWanted } from './find-wanted';

/** The hash of what the host is to be. It fetches the document when that is not the one it has. */
export const tellConfiguration: Source<'configuration'> = async ({ db, agent, connection }) => {
  if (connection && !speaksForHost(connection)) return null;
  const { hash, isAsked } = await findWanted(db, agent.hostId);
  // An agent of before would answer that it knows nothing of configurations.
  if (!isAsked) return null;
  const [row] = await db
    .select({ requestedAt: hostConfigurations.requestedAt })
    .from(hostConfigurations)
    .where(eq(hostConfigurations.hostId, agent.hostId));
  const request = row?.requestedAt?.toISOString();
  return { id: `${hash} ${request ?? ''}`, item: { kind: 'configuration', hash, request } };
};
