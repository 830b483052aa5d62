import { isDeepStrictEqual } from 'node:util';
import { asc, eq, inArray } from 'drizzle-orm';
import type { z } from 'zod';
import type { Transaction } from '../../db/client';
import { violates } from '../../db/errors';
import { configurationLayers, fleetHosts, fleets, roleGrants, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { wakeHosts } from '../configuration/wake-hosts';
import { AppError } from '../errors';
import { logAct } from '../log';
import { fields } from '../rules/fields';
import { columnsOf } from '../rules/rule';
import { ruleOf } from '../rules/rule-text';
import type { SignedIn } from '../trpc';
import { findFleet } from './find-fleets';
import { fleetObject } from './fleet-object';
import type { fleetChanges, newFleet } from './fleet-schema';
import { countMembersChange } from './members-version';
import { settleAlone } from './settle-members';
import { settleFleet } from './settle-due';

/** Makes a fleet, and finds the hosts of its rule before it answers. Throws `fleet.name_taken`. */
export async function createFleet(ctx: SignedIn, said: z.infer<typeof newFleet>) {
  const fleet = await unlessTaken(() =>
    ctx.db.transaction(async (tx) => {
      const [made] = await tx
        .insert(fleets)
        .values({ ...said, ...readBy(said.rule) })
        .returning();
      await recordAudit(tx, ctx, { action: 'fleet.create', object: fleetObject(made!), after: said });
      return made!;
    }),
  );
  logAct(ctx, { fleetId: fleet.id, fleet: fleet.name }, 'fleet made');
  if (!fleet.isSettled) await settleFleet(ctx, fleet.id);
  return findFleet(ctx, fleet.id);
}

/**
 * Changes a fleet; what is left out stays as it is. With another rule its hosts are settled before it answers. Throws
 * `fleet.not_found`, `fleet.name_taken`.
 */
export async function updateFleet(
  ctx: SignedIn,
  { fleetId, ...said }: z.infer<typeof fleetChanges> & { fleetId: string },
): Promise<void> {
  const changed = await unlessTaken(() =>
    ctx.db.transaction(async (tx) => {
      // Before the fleet: who settles counts its members' change before they say that it is settled.
      await settleAlone(tx);
      const before = await lockFleet(tx, fleetId);
      const now = { ...before, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) };
      const isOtherRule = now.rule !== before.rule;
      if (isDeepStrictEqual(saidOf(now), saidOf(before))) return { isOtherRule };
      await tx
        .update(fleets)
        .set({ ...saidOf(now), ...(isOtherRule && readBy(now.rule)) })
        .where(eq(fleets.id, fleetId));
      await tx.execute(countMembersChange());
      await recordAudit(tx, ctx, {
        action: 'fleet.update',
        object: fleetObject(before),
        before: saidOf(before),
        after: saidOf(now),
      });
      return { isOtherRule };
    }),
  );
  logAct(ctx, { fleetId }, 'fleet changed');
  if (changed.isOtherRule) await settleFleet(ctx, fleetId);
}

/**
 * Forgets a fleet, and with it its configuration and the roles that people have on it. Its hosts stay. Throws
 * `fleet.not_found`.
 */
export async function deleteFleet(ctx: SignedIn, fleetId: string): Promise<void> {
  const { left, name, layer } = await ctx.db.transaction(async (tx) => {
    await settleAlone(tx);
    // People before fleets, as all who give roles do: their rows change with the roles that go.
    const people = tx.select({ id: roleGrants.userId }).from(roleGrants).where(eq(roleGrants.fleetId, fleetId));
    await tx
      .select({ id: users.id })
      .from(users)
      .where(inArray(users.id, people))
      .orderBy(asc(users.id))
      .for('no key update');
    const fleet = await lockFleet(tx, fleetId);
    const [layer] = await tx
      .select({ document: configurationLayers.document })
      .from(configurationLayers)
      .where(eq(configurationLayers.fleetId, fleetId));
    await tx.delete(fleets).where(eq(fleets.id, fleetId));
    const left = await tx.delete(fleetHosts).where(eq(fleetHosts.fleetId, fleetId)).returning();
    if (left.length > 0) await tx.execute(countMembersChange());
    await recordAudit(tx, ctx, {
      action: 'fleet.delete',
      object: fleetObject(fleet),
      before: { ...saidOf(fleet), hosts: left.length, ...(layer && { configuration: layer.document }) },
    });
    return { left, name: fleet.name, layer };
  });
  logAct(ctx, { fleetId, fleet: name }, 'fleet deleted');
  for (const { hostId } of left) ctx.events.emit('host.fleets_changed', { hostId });
  if (layer) await wakeHosts(ctx, { hostIds: left.map(({ hostId }) => hostId) });
}

/** Throws `fleet.not_found`. */
export async function lockFleet(tx: Transaction, fleetId: string) {
  const [fleet] = await tx.select().from(fleets).where(eq(fleets.id, fleetId)).for('update');
  if (!fleet) throw new AppError('fleet.not_found');
  return fleet;
}

/** What people say of a fleet. */
const saidOf = ({ name, description, tags, rule }: typeof fleets.$inferSelect) => ({ name, description, tags, rule });

/** What of a fleet follows from its rule. Letting machines in decides how they are members (`fleet_host.how`). */
function readBy(rule: string | null) {
  const reads = rule === null ? [] : [...new Set([...columnsOf(ruleOf(rule), fields), 'approval'])].sort();
  return { reads, isSettled: false };
}

async function unlessTaken<T>(write: () => Promise<T>): Promise<T> {
  return write().catch((error: unknown) => {
    throw violates(error, 'fleet_name_unique') ? new AppError('fleet.name_taken') : error;
  });
}
