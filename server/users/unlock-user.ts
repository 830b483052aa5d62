import { recordAudit } from '../audit/record-audit';
import type { SignedIn } from '../trpc';
import { forgetFailures } from '../auth/account-lock';
import { holdUser, refuseWider } from './hold-user';
import { userObject } from './user-object';

/**
 * Ends every lock of an account after wrong passwords before its time, and forgets the failures. Nothing to do when
 * there is none. Throws `key.too_wide`, `user.not_found`.
 */
export async function unlockUser(ctx: SignedIn, userId: string, now = new Date()): Promise<void> {
  const user = await ctx.db.transaction(async (tx) => {
    const user = await holdUser(tx, ctx, userId);
    await refuseWider(tx, ctx, user.role, ...user.grantedRoles);
    const before = await forgetFailures(tx, ctx.config, user.email, now);
    await recordAudit(tx, ctx, {
      action: 'user.unlock',
      object: userObject(user),
      before,
      after: { failures: 0, lockedUntil: null },
    });
    return user;
  });
  ctx.log.info({ userId, email: user.email, by: ctx.session.user.email }, 'user unlocked');
}
