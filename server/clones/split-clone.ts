import { and, eq, isNull } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { clones, hostEvents, hosts } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { hostObject } from '../hosts/host-object';
import { requestRenewals, tellOfRenewals } from '../hosts/rotate-certificate';
import { logAct } from '../log';

/**
 * Decides which of the machines that are connected as one host stays it. Each other one is told, over its own
 * connection, to set the shared key aside and to enrol as a new machine, and the one that stays gets a new key;
 * docs/agents.md says what that is worth against an intruder.
 * Throws `clone.side_gone` unless both sides are connected, `clone.resolved`, `host.not_found`.
 *
 * @param keep the connection whose machine stays the host: a decision on two machines must not hit a third
 */
export async function splitClone(ctx: SignedIn, { hostId, keep }: { hostId: string; keep: string }): Promise<void> {
  const { user } = ctx.session;
  const { told, asked } = await ctx.db.transaction(async (tx) => {
    const host = await resolveClone(tx, hostId, 'split');
    const sides = [ctx.sockets.holder(hostId), ...ctx.sockets.held(hostId)].flatMap((slot) => slot ?? []);
    const told = sides.filter(({ id }) => id !== keep).map(({ address }) => address);
    if (told.length !== sides.length - 1 || told.length === 0) throw new AppError('clone.side_gone');
    await tx.insert(hostEvents).values({ hostId, kind: 'split', actor: user.email, detail: told.join(', ') });
    await recordAudit(tx, ctx, {
      action: 'host.split',
      object: hostObject(host),
      before: { isCloneSuspected: true },
      after: { isCloneSuspected: false, told },
    });
    // Whoever does not do as told has no use of the shared key any more once the one that stays has another.
    const asked = await requestRenewals(tx, ctx, [hostId], 'hosts.approve');
    return { told, asked };
  });
  logAct(ctx, { hostId, told }, 'copied machines split');
  ctx.events.emit('host.split', { hostId, kept: keep });
  ctx.events.emit('inbox.changed', { hostId, kind: 'split' });
  ctx.events.emit('host.clone_changed', { hostId });
  tellOfRenewals(ctx, asked);
}

/** Guarded in SQL: two people may decide at once. Throws `clone.resolved`, `host.not_found`. */
export async function resolveClone(
  tx: Transaction,
  hostId: string,
  resolution: 'split' | 'dismissed',
): Promise<{ id: string; fqdn: string }> {
  // The host's row first, as every other act does.
  const [host] = await tx
    .select({ id: hosts.id, fqdn: hosts.fqdn })
    .from(hosts)
    .where(eq(hosts.id, hostId))
    .for('update');
  if (!host) throw new AppError('host.not_found');
  const [resolved] = await tx
    .update(clones)
    .set({ resolvedAt: new Date(), resolution })
    .where(and(eq(clones.hostId, hostId), isNull(clones.resolvedAt)))
    .returning({ id: clones.id });
  if (!resolved) throw new AppError('clone.resolved');
  return host;
}
