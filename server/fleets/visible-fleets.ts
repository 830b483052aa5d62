import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { fleetHosts, fleets, roleGrants } from '../../db/schema';
import { type HostPermission, rolesThatMay } from '../auth/permissions';
import { type Asker, visibleHosts } from '../hosts/visible-hosts';

/** Which fleets there are for the caller, as a condition on `fleet`; undefined when those are all. */
export const visibleFleets = (asker: Asker): SQL | undefined => fleetsWith(asker, 'hosts.read');

/** To whose hosts the caller may do it because of a role on the fleet, or everywhere. */
function fleetsWith({ session }: Asker, permission: HostPermission): SQL | undefined {
  if (session.permissions.has(permission)) return undefined;
  if (!session.onSome.has(permission)) return sql`false`;
  const roles = sql.join(
    rolesThatMay(permission).map((role) => sql`${role}`),
    sql`, `,
  );
  return sql`${fleets.id} in (
    select ${roleGrants.fleetId} from ${roleGrants} where ${roleGrants.userId} = ${session.user.id} and ${roleGrants.role} in (${roles}))`;
}

/**
 * Whether the caller may do it to the hosts of this fleet. `unseen` for one they know nothing of, be it there or not.
 */
export async function mayOnFleet(
  db: Database | Transaction,
  asker: Asker,
  { fleetId, permission }: { fleetId: string; permission: HostPermission },
): Promise<'yes' | 'no' | 'unseen'> {
  const mine = fleetsWith(asker, permission);
  const [fleet] = await db
    .select({ isMine: sql<boolean>`${mine ?? sql`true`}` })
    .from(fleets)
    .where(and(eq(fleets.id, fleetId), visibleFleets(asker)));
  if (!fleet) return 'unseen';
  return fleet.isMine ? 'yes' : 'no';
}

/** How many hosts of a fleet there are for the caller. */
export function visibleMembers(asker: Asker): SQL<number> {
  const visible = visibleHosts(asker);
  const ofFleet = eq(fleetHosts.fleetId, fleets.id);
  return visible
    ? sql<number>`(select count(*) from ${fleetHosts} join host on host.id = ${fleetHosts.hostId} where ${ofFleet} and ${visible})::int`
    : sql<number>`(select count(*) from ${fleetHosts} where ${ofFleet})::int`;
}
