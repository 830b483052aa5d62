import { eq } from 'drizzle-orm';
import { hostEvents, hosts } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import type { SignedIn } from '../trpc';
import { findConflict } from '../conflicts/find-conflict';
import { logAct } from '../log';
import { hostObject } from './host-object';

/**
 * Turns a newcomer away that shows another key under the name of an approved host. That one is not touched, and its
 * history says what was tried. Throws `host.not_conflicting`, `host.no_known_one`, `host.not_found`.
 */
export async function keepKnownHost(ctx: SignedIn, newcomerId: string): Promise<void> {
  const { user } = ctx.session;
  const known = await ctx.db.transaction(async (tx) => {
    const { newcomer, known } = await findConflict(tx, ctx, newcomerId);
    await tx
      .update(hosts)
      .set({ approval: 'rejected', decidedAt: new Date(), decidedBy: user.id })
      .where(eq(hosts.id, newcomerId));
    await tx.insert(hostEvents).values([
      { hostId: newcomerId, kind: 'rejected', actor: user.email, detail: known.fingerprintWords },
      {
        hostId: known.id,
        kind: 'kept',
        actor: user.email,
        detail: `${newcomer.fingerprintWords} (${newcomer.registeredFrom})`,
      },
    ]);
    const { approval, keyFingerprint } = newcomer;
    await recordAudit(tx, ctx, {
      action: 'host.keep',
      object: hostObject(newcomer),
      before: { approval, keyFingerprint },
      after: { approval: 'rejected', kept: known.id },
    });
    return known;
  });
  logAct(ctx, { hostId: newcomerId, knownId: known.id, fqdn: known.fqdn }, 'known host kept');
  ctx.events.emit('host.approval_changed', { hostId: newcomerId, from: 'conflict', to: 'rejected' });
}
