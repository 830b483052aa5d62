import { and, eq, or, type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { fleetHosts, hosts, roleGrants } from '../../db/schema';
import { type HostPermission, PERMISSIONS, type Rights, rolesThatMay } from '../auth/permissions';

/** Whose right it is. */
export interface Asker {
  session: Rights & { user: { id: string } };
}

/** Who asks when the server counts or reads for itself, or for many people at once: there it is told apart later. */
export const SERVER_ITSELF: Asker = {
  session: { permissions: new Set(PERMISSIONS), onSome: new Set(), user: { id: '' } },
};

/**
 * Which hosts the caller may do it to, as a condition on `host`; undefined when those are all, so that it costs nothing
 * then. The one place where grants become hosts: whatever reads or changes hosts for a person has this in its query.
 */
export function hostsWith({ session }: Asker, permission: HostPermission): SQL | undefined {
  if (session.permissions.has(permission)) return undefined;
  if (!session.onSome.has(permission)) return sql`false`;
  const roles = sql.join(
    rolesThatMay(permission).map((role) => sql`${role}`),
    sql`, `,
  );
  const mine = sql`${roleGrants.userId} = ${session.user.id} and ${roleGrants.role} in (${roles})`;
  // Not by what a machine says of itself before it is let in: it would choose who may let it in.
  return sql`${hosts.id} in (
    select ${roleGrants.hostId} from ${roleGrants} where ${mine} and ${roleGrants.hostId} is not null
    union all
    select ${fleetHosts.hostId} from ${roleGrants} join ${fleetHosts} on ${fleetHosts.fleetId} = ${roleGrants.fleetId}
    where ${mine} and ${roleGrants.fleetId} is not null and ${fleetHosts.how} <> 'claimed')`;
}

/** Which hosts there are for the caller. Any other answers as one that never was. */
export const visibleHosts = (asker: Asker): SQL | undefined => hostsWith(asker, 'hosts.read');

/**
 * Whether the caller may do it to this host. `unseen` for one they know nothing of, be it there or not: both are one
 * query with one answer. Asks nothing when they may do it everywhere.
 */
export async function mayOnHost(
  db: Database | Transaction,
  asker: Asker,
  { hostId, permission }: { hostId: string; permission: HostPermission },
): Promise<'yes' | 'no' | 'unseen'> {
  const mine = hostsWith(asker, permission);
  if (!mine) return 'yes';
  const seen = visibleHosts(asker);
  const [host] = await db
    .select({ isMine: sql<boolean>`${mine}` })
    .from(hosts)
    .where(and(eq(hosts.id, hostId), seen && or(mine, seen)));
  if (!host) return 'unseen';
  return host.isMine ? 'yes' : 'no';
}
