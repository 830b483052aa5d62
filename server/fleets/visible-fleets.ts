import { eq, type SQL, sql } from 'drizzle-orm';
import { fleetHosts, fleets, roleGrants } from '../../db/schema';
import { rolesThatMay } from '../auth/permissions';
import { type Asker, visibleHosts } from '../hosts/visible-hosts';

/** Which fleets there are for the caller, as a condition on `fleet`; undefined when those are all. */
export function visibleFleets({ session }: Asker): SQL | undefined {
  if (session.permissions.has('hosts.read')) return undefined;
  if (!session.onSome.has('hosts.read')) return sql`false`;
  const roles = sql.join(
    rolesThatMay('hosts.read').map((role) => sql`${role}`),
    sql`, `,
  );
  return sql`${fleets.id} in (
    select ${roleGrants.fleetId} from ${roleGrants} where ${roleGrants.userId} = ${session.user.id} and ${roleGrants.role} in (${roles}))`;
}

/** How many hosts of a fleet there are for the caller. */
export function visibleMembers(asker: Asker): SQL<number> {
  const visible = visibleHosts(asker);
  const ofFleet = eq(fleetHosts.fleetId, fleets.id);
  return visible
    ? sql<number>`(select count(*) from ${fleetHosts} join host on host.id = ${fleetHosts.hostId} where ${ofFleet} and ${visible})::int`
    : sql<number>`(select count(*) from ${fleetHosts} where ${ofFleet})::int`;
}
