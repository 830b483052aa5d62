import type { Source } from '../agents/inbox';
import { speaksForHost } from '../agents/sockets';
import { findWanted } from './find-wanted';

/**
 * The hash of what the host is to be. It fetches the document when that is not the one it has. While its fleets
 * disagree it keeps what it has.
 */
export const tellConfiguration: Source<'configuration'> = async ({ db, agent, connection }) => {
  if (connection && !speaksForHost(connection)) return null;
  const { hash, isAsked, conflicts, row } = await findWanted(db, agent.hostId);
  // An agent of before would answer that it knows nothing of configurations.
  if (!isAsked || conflicts.length > 0) return null;
  const request = row?.requestedAt?.toISOString();
  const putBack = row?.putBack.length ? row.putBack : undefined;
  return { id: [hash, request, ...(putBack ?? [])].join(' '), item: { kind: 'configuration', hash, request, putBack } };
};
