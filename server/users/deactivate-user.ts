import { eq } from 'drizzle-orm';
import { userLinks, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { endGrants } from './end-grants';
import { announceEnded, endSessions } from '../auth/end-sessions';
import { logAct } from '../log';
import { holdUserToDemote } from './hold-user';
import { userObject } from './user-object';

/**
 * Shuts a user out and keeps the account: sessions, tokens, live streams and links end at once, and what they gave out
 * for good. Throws `user.deactivated`, `user.last_administrator`, `user.not_found`.
 */
export async function deactivateUser(ctx: SignedIn, userId: string, now = new Date()): Promise<void> {
  const { user, ended } = await ctx.db.transaction(async (tx) => {
    const user = await holdUserToDemote(tx, ctx, userId);
    if (user.deactivatedAt) throw new AppError('user.deactivated');
    await tx.update(users).set({ deactivatedAt: now }).where(eq(users.id, userId));
    const grants = await endGrants(tx, userId, now);
    await tx.delete(userLinks).where(eq(userLinks.userId, userId));
    await recordAudit(tx, ctx, {
      action: 'user.deactivate',
      object: userObject(user),
      before: { isActive: true },
      after: { isActive: false, ...grants },
    });
    return { user, ended: await endSessions(tx, userId) };
  });
  logAct(ctx, { userId, email: user.email }, 'user deactivated');
  announceEnded(ctx, ended);
}
