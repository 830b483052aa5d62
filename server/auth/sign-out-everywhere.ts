import { eq } from 'drizzle-orm';
import { userLinks } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';
import { endGrants } from '../users/end-grants';
import { announceEnded, endSessions } from './end-sessions';
import { holdUser } from '../users/hold-user';
import { userObject } from '../users/user-object';

/**
 * Signs a user out everywhere and revokes what they gave out and a link for a new password, so that nobody acts in
 * their name any more who does not know the password. Throws `user.not_found`.
 */
export async function signOutEverywhere(ctx: SignedIn, userId: string, now = new Date()): Promise<void> {
  const { user, ended } = await ctx.db.transaction(async (tx) => {
    const user = await holdUser(tx, ctx, userId);
    const ended = await endSessions(tx, userId);
    const grants = await endGrants(tx, userId, now);
    // An invitation stays: its account has no password that somebody else may know.
    if (user.passwordHash !== null) await tx.delete(userLinks).where(eq(userLinks.userId, userId));
    await recordAudit(tx, ctx, {
      action: 'user.signOutEverywhere',
      object: userObject(user),
      after: { ended: ended.length, ...grants },
    });
    return { user, ended };
  });
  logAct(ctx, { userId, email: user.email }, 'user signed out everywhere');
  announceEnded(ctx, ended);
}
