import { and, eq, isNotNull } from 'drizzle-orm';
import { users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { userObject } from './user-object';

/** Lets a user in again, by their password; what was revoked stays so. Throws `user.not_deactivated`, `user.not_found`. */
export async function activateUser(ctx: SignedIn, userId: string): Promise<void> {
  const email = await ctx.db.transaction(async (tx) => {
    const [user] = await tx
      .update(users)
      .set({ deactivatedAt: null })
      .where(and(eq(users.id, userId), isNotNull(users.deactivatedAt)))
      .returning();
    if (user) {
      await recordAudit(tx, ctx, { action: 'user.activate', object: userObject(user), before: { isActive: false }, after: { isActive: true } });
      return user.email;
    }
    const known = await tx.select({ id: users.id }).from(users).where(eq(users.id, userId));
    throw new AppError(known.length > 0 ? 'user.not_deactivated' : 'user.not_found');
  });
  ctx.log.info({ userId, email, by: ctx.session.user.email }, 'user activated');
}
