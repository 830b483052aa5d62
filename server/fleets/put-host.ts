import { and, desc, eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { fleetHosts, fleetMembers, hosts } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { visibleHosts } from '../hosts/visible-hosts';
import { logAct } from '../log';
import type { Acting } from '../trpc';
import { settleAlone, settleMembers } from './settle-members';
import { oneOf, ruled, tell } from './settle-due';
import { fleetObject } from './fleet-object';
import { lockFleet } from './write-fleet';

interface Membership {
  fleetId: string;
  hostId: string;
}
type Kind = (typeof fleetMembers.$inferSelect)['kind'];

/** Lists a host in a fleet, whatever the rule says of it. Throws `fleet.not_found`, `host.not_found`. */
export const putHost = (
  ctx: Acting,
  membership: Membership,
  action: Change['action'] = 'fleet.putHost',
): Promise<void> => change(ctx, membership, { action, decide: async () => 'listed' });

/**
 * The same of the approved host of that name, or else of the newest registration under it. Throws `fleet.not_found`,
 * `host.not_found`.
 */
export async function putHostByName(ctx: Acting, { fleetId, fqdn }: { fleetId: string; fqdn: string }) {
  const [host] = await ctx.db
    .select({ hostId: hosts.id, fqdn: hosts.fqdn })
    .from(hosts)
    .where(and(visibleHosts(ctx), eq(hosts.fqdn, fqdn)))
    .orderBy(desc(eq(hosts.approval, 'approved')), desc(hosts.id))
    .limit(1);
  if (!host) throw new AppError('host.not_found');
  await putHost(ctx, { fleetId, hostId: host.hostId }, 'fleet.putHostByName');
  return host;
}

/**
 * Takes a host out of a fleet. One that the rule would let in again is excepted from it. Throws `fleet.not_found`,
 * `host.not_found`.
 */
export const removeHost = (ctx: Acting, membership: Membership): Promise<void> =>
  change(ctx, membership, {
    action: 'fleet.removeHost',
    async decide(tx, isMember) {
      await decideAs(tx, ctx, membership, null);
      // Not what `fleet_host` says: the host may have changed since.
      return (await isMember()) ? 'excepted' : null;
    },
  });

/** Leaves it to the rule whether a host is in a fleet. Throws `fleet.not_found`, `host.not_found`. */
export const leaveToRule = (ctx: Acting, membership: Membership): Promise<void> =>
  change(ctx, membership, { action: 'fleet.leaveToRule', decide: async () => null });

interface Change {
  action: 'fleet.putHost' | 'fleet.putHostByName' | 'fleet.removeHost' | 'fleet.leaveToRule';
  /** @param isMember settles the host, and says whether it is one */
  decide: (tx: Transaction, isMember: () => Promise<boolean>) => Promise<Kind | null>;
}

async function change(ctx: Acting, membership: Membership, { action, decide }: Change): Promise<void> {
  const { fleetId, hostId } = membership;
  const mine = and(eq(fleetHosts.fleetId, fleetId), eq(fleetHosts.hostId, hostId));
  const moved = await ctx.db.transaction(async (tx) => {
    await settleAlone(tx);
    const fleet = await lockFleet(tx, fleetId);
    const [host] = await tx.select({ fqdn: hosts.fqdn }).from(hosts).where(eq(hosts.id, hostId)).for('key share');
    if (!host) throw new AppError('host.not_found');
    const [before] = await tx
      .select({ kind: fleetMembers.kind })
      .from(fleetMembers)
      .where(and(eq(fleetMembers.fleetId, fleetId), eq(fleetMembers.hostId, hostId)));
    const settle = () => settleMembers(tx, [ruled(fleet)], oneOf([hostId]));
    const kind = await decide(tx, async () => {
      await settle();
      return (await tx.select({ hostId: fleetHosts.hostId }).from(fleetHosts).where(mine)).length > 0;
    });
    await decideAs(tx, ctx, membership, kind);
    const moved = await settle();
    await recordAudit(tx, ctx, {
      action,
      object: fleetObject(fleet),
      before: { host: host.fqdn, hostId, kind: before?.kind ?? null },
      after: { host: host.fqdn, hostId, kind },
    });
    return moved;
  });
  logAct(ctx, { fleetId, hostId, action }, 'members of a fleet changed');
  await tell(ctx, [...moved, membership]);
}

async function decideAs(tx: Transaction, { session }: Acting, membership: Membership, kind: Kind | null) {
  const { fleetId, hostId } = membership;
  if (kind === null) {
    await tx.delete(fleetMembers).where(and(eq(fleetMembers.fleetId, fleetId), eq(fleetMembers.hostId, hostId)));
    return;
  }
  const said = { kind, by: session.user.email, at: new Date() };
  await tx
    .insert(fleetMembers)
    .values({ ...membership, ...said })
    .onConflictDoUpdate({ target: [fleetMembers.fleetId, fleetMembers.hostId], set: said });
}
