import { and, eq, isNotNull } from 'drizzle-orm';
import { userLinks, users } from '../../db/schema';
import { endKeys } from '../api-keys/end-keys';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { announceEnded, endSessions } from './end-sessions';
import { holdUserToDemote } from './hold-user';
import { userObject } from './user-object';

/**
 * Shuts a user out and keeps the account: sessions, live streams and links end at once, and API keys for good.
 * Throws `user.deactivated`, `user.last_administrator`, `user.not_found`.
 */
export async function deactivateUser(ctx: SignedIn, userId: string, now = new Date()): Promise<void> {
  const { user, ended } = await ctx.db.transaction(async (tx) => {
    const user = await holdUserToDemote(tx, userId);
    if (user.deactivatedAt) throw new AppError('user.deactivated');
    await tx.update(users).set({ deactivatedAt: now }).where(eq(users.id, userId));
    await tx.delete(userLinks).where(eq(userLinks.userId, userId));
    const keysRevoked = await endKeys(tx, userId, now);
    await recordAudit(tx, ctx, { action: 'user.deactivate', object: userObject(user), before: { isActive: true }, after: { isActive: false, keysRevoked } });
    return { user, ended: await endSessions(tx, userId) };
  });
  ctx.log.info({ userId, email: user.email, by: ctx.session.user.email }, 'user deactivated');
  announceEnded(ctx, ended);
  ctx.events.emit('user.changed', { userId });
}

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
