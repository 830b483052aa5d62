import { eq, sql } from 'drizzle-orm';
import { hosts } from '../../db/schema';
import type { Source } from '../agents/inbox';
import { speaksForHost } from '../agents/sockets';

/** For a host that was not connected when it was asked to renew. Coming back was spread out already. */
const RENEW_ON_RETURN_SECONDS = 5;

/** A new key and certificate are wanted of the host: until it uses them, in what is left of the time it was given. */
export const tellRenewal: Source<'renew'> = async ({ db, agent, connection }) => {
  if (connection && !speaksForHost(connection)) return null;
  const [host] = await db
    .select({
      requestedAt: hosts.renewalRequestedAt,
      // By the database's clock, as the request.
      secondsLeft: sql<number>`ceil(extract(epoch from ${hosts.renewalDueBy} - now()))::int`,
    })
    .from(hosts)
    .where(eq(hosts.id, agent.hostId));
  if (!host?.requestedAt) return null;
  // It may have been split while the row was read.
  if (connection && !speaksForHost(connection)) return null;
  const wasAway = !connection || connection.reservedAt > host.requestedAt;
  const request = host.requestedAt.toISOString();
  const withinSeconds = Math.max(wasAway ? RENEW_ON_RETURN_SECONDS : 0, host.secondsLeft ?? 0);
  return { id: request, item: { kind: 'renew', withinSeconds, request } };
};
