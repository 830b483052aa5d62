import { eq } from 'drizzle-orm';
import { users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';
import { holdUser, refuseWider } from './hold-user';
import { userObject } from './user-object';

/**
 * Lets a user in again, by their password; what was revoked stays so. Throws `key.too_wide`, `user.not_deactivated`,
 * `user.not_found`.
 */
export async function activateUser(ctx: SignedIn, userId: string): Promise<void> {
  const email = await ctx.db.transaction(async (tx) => {
    const user = await holdUser(tx, ctx, userId);
    await refuseWider(tx, ctx, user.role, ...user.grantedRoles);
    if (!user.deactivatedAt) throw new AppError('user.not_deactivated');
    await tx.update(users).set({ deactivatedAt: null }).where(eq(users.id, userId));
    await recordAudit(tx, ctx, {
      action: 'user.activate',
      object: userObject(user),
      before: { isActive: false },
      after: { isActive: true },
    });
    return user.email;
  });
  logAct(ctx, { userId, email }, 'user activated');
}
