import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { fleetHosts, hosts, roleGrants } from '../../db/schema';
import { type GrantedRole, type HostPermission, PERMISSIONS, type Rights, rolesThatMay } from '../auth/permissions';

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
  return hostsGranted(session.user.id, rolesThatMay(permission));
}

/** On which hosts somebody has one of these roles by a grant, as a condition on `host`. */
export function hostsGranted(userId: string, roles: readonly GrantedRole[]): SQL {
  if (roles.length === 0) return sql`false`;
  const mine = sql`${roleGrants.userId} = ${userId} and ${isOneOf(roles)}`;
  // Not by what a machine says of itself before it is let in: it would choose who may let it in.
  return sql`${hosts.id} in (
    select ${roleGrants.hostId} from ${roleGrants} where ${mine} and ${roleGrants.hostId} is not null
    union all
    select ${fleetHosts.hostId} from ${roleGrants} join ${fleetHosts} on ${fleetHosts.fleetId} = ${roleGrants.fleetId}
    where ${mine} and ${roleGrants.fleetId} is not null and ${fleetHosts.how} <> 'claimed')`;
}

/** That a grant is of one of these roles. */
const isOneOf = (roles: readonly GrantedRole[]) =>
  sql`${roleGrants.role} in (${sql.join(
    roles.map((role) => sql`${role}`),
    sql`, `,
  )})`;

/** That a grant is of a role that may. */
const givesRoleFor = (permission: HostPermission) => isOneOf(rolesThatMay(permission));

/** Pairs of an asker and a host in one statement. */
const MOST_PAIRS = 5000;

/**
 * Of several askers, which of these hosts each may do it to, in their order: what `hostsWith` says of one, asked
 * together for all who may on some hosts only, in statements of a bounded size.
 */
export async function hostsOfEach(
  db: Database,
  permission: HostPermission,
  each: readonly (Asker & { keys: readonly string[] })[],
): Promise<(readonly string[])[]> {
  const found = each.map(({ session, keys }) => (session.permissions.has(permission) ? [...keys] : []));
  const asked = each.flatMap(({ session, keys }, n) =>
    session.permissions.has(permission) || !session.onSome.has(permission)
      ? []
      : keys.map((hostId) => ({ n, userId: session.user.id, hostId })),
  );
  for (let i = 0; i < asked.length; i += MOST_PAIRS)
    for (const { n, id } of await hostsOfPairs(db, permission, asked.slice(i, i + MOST_PAIRS))) found[n]!.push(id);
  return found;
}

async function hostsOfPairs(
  db: Database,
  permission: HostPermission,
  pairs: readonly { n: number; userId: string; hostId: string }[],
): Promise<{ n: number; id: string }[]> {
  const column = <Value>(of: (pair: (typeof pairs)[number]) => Value) => sql.param(pairs.map(of));
  // By the grants of each person, which are few: the hosts of all their fleets are not.
  const { rows } = await db.execute<{ n: number; id: string }>(sql`
    select a.n, ${hosts.id} as id
    from unnest(${column(({ n }) => n)}::int[], ${column(({ userId }) => userId)}::uuid[], ${column(({ hostId }) => hostId)}::uuid[])
      a(n, user_id, host_id)
    join ${hosts} on ${hosts.id} = a.host_id
    where exists (
      select from ${roleGrants} where ${roleGrants.userId} = a.user_id and ${givesRoleFor(permission)}
        and (${roleGrants.hostId} = a.host_id or exists (
          select from ${fleetHosts} where ${fleetHosts.fleetId} = ${roleGrants.fleetId} and ${fleetHosts.hostId} = a.host_id
            and ${fleetHosts.how} <> 'claimed')))`);
  return rows;
}

/**
 * By what each of these people sees hosts, as text: who has the same sees the same hosts. Nothing of who has no grant.
 * @returns by the id of the user
 */
export async function grantsToSee(db: Database, userIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .select({
      userId: roleGrants.userId,
      on: sql<string>`string_agg(coalesce('host ' || ${roleGrants.hostId}, 'fleet ' || ${roleGrants.fleetId}), ', '
        order by ${roleGrants.hostId}, ${roleGrants.fleetId})`,
    })
    .from(roleGrants)
    .where(and(inArray(roleGrants.userId, [...userIds]), givesRoleFor('hosts.read')))
    .groupBy(roleGrants.userId);
  return new Map(rows.map(({ userId, on }) => [userId, on]));
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
