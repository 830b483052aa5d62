import { hostEvents } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { hostObject } from '../hosts/host-object';
import { logAct } from '../log';
import { resolveClone } from './split-clone';

/**
 * Puts a suspicion away whose second machine is gone: a copy that was deleted. If it comes back it is a new suspicion.
 * Throws `clone.still_there` while it is connected, `clone.resolved`, `host.not_found`.
 */
export async function dismissClone(ctx: SignedIn, hostId: string): Promise<void> {
  const { user } = ctx.session;
  await ctx.db.transaction(async (tx) => {
    const host = await resolveClone(tx, hostId, 'dismissed');
    if (ctx.sockets.held(hostId).length > 0) throw new AppError('clone.still_there');
    await tx.insert(hostEvents).values({ hostId, kind: 'clone_dismissed', actor: user.email });
    await recordAudit(tx, ctx, {
      action: 'host.dismissClone',
      object: hostObject(host),
      before: { isCloneSuspected: true },
      after: { isCloneSuspected: false },
    });
  });
  logAct(ctx, { hostId }, 'suspicion of a copy dismissed');
  ctx.events.emit('host.clone_changed', { hostId });
}
