import { and, asc, eq } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { fleets, lowerName, roleGrants, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import type { GrantedRole } from '../auth/permissions';
import { AppError } from '../errors';
import { lockFleet } from '../fleets/write-fleet';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';
import { holdUser, refuseWider } from './hold-user';
import { userObject } from './user-object';

interface On {
  userId: string;
  fleetId: string;
}

/** On which fleets somebody has a role, besides their role everywhere. */
export const findFleetRoles = (db: Database, userId: string) =>
  db
    .select({ fleetId: fleets.id, name: fleets.name, role: roleGrants.role })
    .from(roleGrants)
    .innerJoin(fleets, eq(fleets.id, roleGrants.fleetId))
    .where(eq(roleGrants.userId, userId))
    .orderBy(asc(lowerName(fleets.name)));

/** Who has a role on a fleet, besides their role everywhere. By their e-mail. */
export const findPeopleOnFleet = (db: Database, fleetId: string) =>
  db
    .select({ userId: users.id, email: users.email, name: users.name, role: roleGrants.role })
    .from(roleGrants)
    .innerJoin(users, eq(users.id, roleGrants.userId))
    .where(eq(roleGrants.fleetId, fleetId))
    .orderBy(asc(users.email));

const grantOf = ({ userId, fleetId }: On) => and(eq(roleGrants.userId, userId), eq(roleGrants.fleetId, fleetId));

/**
 * Gives somebody a role on the hosts of a fleet, in place of the one they have there. Throws `fleet.not_found`,
 * `key.too_wide`, `user.not_found`.
 */
export async function giveFleetRole(ctx: SignedIn, { role, ...on }: On & { role: GrantedRole }): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const user = await holdUser(tx, ctx, on.userId);
    await refuseWider(tx, ctx, role);
    const fleet = await lockFleet(tx, on.fleetId);
    const [before] = await tx.select({ role: roleGrants.role }).from(roleGrants).where(grantOf(on));
    await tx
      .insert(roleGrants)
      .values({ ...on, role })
      .onConflictDoUpdate({ target: [roleGrants.userId, roleGrants.fleetId], set: { role } });
    await recordAudit(tx, ctx, {
      action: 'user.giveFleetRole',
      object: userObject(user),
      before: { fleet: fleet.name, fleetId: fleet.id, role: before?.role ?? null },
      after: { fleet: fleet.name, fleetId: fleet.id, role },
    });
  });
  logAct(ctx, { ...on, role }, 'role on a fleet given');
  ctx.events.emit('user.changed', { userId: on.userId });
}

/** Takes it away. Throws `fleet.not_found` where they have none, `user.not_found`. */
export async function takeFleetRole(ctx: SignedIn, on: On): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    const user = await holdUser(tx, ctx, on.userId);
    const [fleet] = await tx.select({ name: fleets.name }).from(fleets).where(eq(fleets.id, on.fleetId));
    const [taken] = await tx.delete(roleGrants).where(grantOf(on)).returning({ role: roleGrants.role });
    if (!fleet || !taken) throw new AppError('fleet.not_found');
    await recordAudit(tx, ctx, {
      action: 'user.takeFleetRole',
      object: userObject(user),
      before: { fleet: fleet.name, fleetId: on.fleetId, role: taken.role },
    });
  });
  logAct(ctx, { ...on }, 'role on a fleet taken away');
  ctx.events.emit('user.changed', { userId: on.userId });
}
