import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';
import { holdUser, refuseWider } from './hold-user';
import { makeLink, type OneTimeLink, purposeOf } from './links';
import { userObject } from './user-object';

/**
 * A new one-time link to hand over: another invitation for who has not accepted one, else one to choose a new password.
 * Until it is used the old password holds. Throws `key.too_wide`, `user.deactivated`, `user.not_found`.
 */
export async function renewLink(
  ctx: SignedIn,
  userId: string,
  now = new Date(),
): Promise<OneTimeLink & { purpose: 'invitation' | 'reset' }> {
  const { user, link } = await ctx.db.transaction(async (tx) => {
    const user = await holdUser(tx, ctx, userId);
    await refuseWider(tx, ctx, user.role, ...user.grantedRoles);
    if (user.deactivatedAt) throw new AppError('user.deactivated');
    const link = { ...(await makeLink(tx, { userId, createdBy: ctx.session.user.id }, now)), purpose: purposeOf(user) };
    await recordAudit(tx, ctx, {
      action: 'user.renewLink',
      object: userObject(user),
      after: { purpose: link.purpose, expiresAt: link.expiresAt },
    });
    return { user, link };
  });
  logAct(ctx, { userId, email: user.email }, 'one-time link made');
  return link;
}
