import { and, eq, inArray, isNotNull, or, type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { fleetHosts, hosts, savedCommandRunners, savedCommands } from '../../db/schema';
import {
  GRANTED_ROLES,
  type GrantedRole,
  type HostPermission,
  mayAnywhere,
  rightsOf,
  type Role,
  ROLES,
} from '../auth/permissions';
import { hostsGranted, hostsWith } from '../hosts/visible-hosts';
import type { SignedIn } from '../trpc';

type Db = Database | Transaction;

/** Roles that may be named. */
export const RUNNERS = ['runner', 'operator', 'administrator'] as const;

/** What names somebody: them or a role, be it one that they have or not. */
const selectNaming = (db: Db, { session: { user } }: SignedIn, savedCommandIds: readonly string[]) =>
  db
    .select({
      savedCommandId: savedCommandRunners.savedCommandId,
      role: savedCommandRunners.role,
      fleetId: savedCommandRunners.fleetId,
    })
    .from(savedCommandRunners)
    .where(
      and(
        inArray(savedCommandRunners.savedCommandId, [...savedCommandIds]),
        or(eq(savedCommandRunners.userId, user.id), isNotNull(savedCommandRunners.role)),
      ),
    );

/** By which right somebody runs what names them. `commands.run` is no less: an API key may name it alone. */
const rightOf = ({ session }: SignedIn): HostPermission =>
  mayAnywhere(session, 'commands.runNamed') ? 'commands.runNamed' : 'commands.run';

/**
 * Which saved commands there are for the caller, as a condition; undefined for all. Who may run none but what names
 * them sees those: what others run may be none of theirs. An API key with `commands.read` reads what its owner may.
 */
export function visibleSaved(db: Db, { session: { user } }: SignedIn): SQL | undefined {
  if (mayAnywhere(rightsOf(user), 'commands.run')) return undefined;
  const held = RUNNERS.filter((role) => hostsHeldAs(role, user));
  const naming = db
    .select({ id: savedCommandRunners.savedCommandId })
    .from(savedCommandRunners)
    .where(or(eq(savedCommandRunners.userId, user.id), inArray(savedCommandRunners.role, held)));
  return and(eq(savedCommands.runBy, 'named'), inArray(savedCommands.id, naming));
}

/** Which of these saved commands name somebody who may run what names them. */
export async function namedIn(db: Db, ctx: SignedIn, savedCommandIds: readonly string[]): Promise<Set<string>> {
  if (savedCommandIds.length === 0 || !mayAnywhere(ctx.session, rightOf(ctx))) return new Set();
  const naming = await selectNaming(db, ctx, savedCommandIds);
  const mine = naming.filter(({ role }) => role === null || hostsHeldAs(role, ctx.session.user));
  return new Set(mine.map(({ savedCommandId }) => savedCommandId));
}

/**
 * On which hosts somebody may run a saved command because it names them, as a condition on `host`: those on which they
 * may run what names them at all, as far as what names them reaches. Null where nothing does.
 */
export async function hostsNamed(db: Db, ctx: SignedIn, savedCommandId: string): Promise<SQL | null> {
  const { user } = ctx.session;
  const naming = await selectNaming(db, ctx, [savedCommandId]);
  const parts = naming.flatMap(({ role, fleetId }) => {
    const held = role === null ? sql`true` : hostsHeldAs(role, user);
    return held ? [and(held, fleetId === null ? undefined : inFleet(fleetId))!] : [];
  });
  return parts.length > 0 ? and(hostsWith(ctx, rightOf(ctx)), or(...parts))! : null;
}

const isAtLeast = (role: Role, least: Role) => ROLES.indexOf(role) >= ROLES.indexOf(least);

/** Where somebody has at least this role: everywhere, on some hosts, or nowhere. */
function hostsHeldAs(least: Role, { id, role, grantedRoles }: SignedIn['session']['user']): SQL | null {
  if (isAtLeast(role, least)) return sql`true`;
  const enough: GrantedRole[] = GRANTED_ROLES.filter((granted) => isAtLeast(granted, least));
  return grantedRoles.some((granted) => enough.includes(granted)) ? hostsGranted(id, enough) : null;
}

/** As for grants: not by what a machine claims before it is let in. */
const inFleet = (fleetId: string) =>
  sql`${hosts.id} in (select ${fleetHosts.hostId} from ${fleetHosts}
    where ${fleetHosts.fleetId} = ${fleetId} and ${fleetHosts.how} <> 'claimed')`;
