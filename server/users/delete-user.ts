import { eq } from 'drizzle-orm';
import { users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import type { SignedIn } from '../trpc';
import { endGrants } from './end-grants';
import { announceEnded, endSessions } from '../auth/end-sessions';
import { logAct } from '../log';
import { holdUserToDemote } from './hold-user';
import { userObject } from './user-object';

/**
 * Forgets a user; sessions, tokens, API keys, live streams and links end at once. What they did stays, under their
 * e-mail. Throws `user.last_administrator`, `user.not_found`.
 */
export async function deleteUser(ctx: SignedIn, userId: string, now = new Date()): Promise<void> {
  const { user, ended } = await ctx.db.transaction(async (tx) => {
    const user = await holdUserToDemote(tx, ctx, userId);
    // Before the row that would take them along: their streams must be told.
    const ended = await endSessions(tx, userId);
    // And before their name is taken from it.
    const grants = await endGrants(tx, userId, now);
    const { name, role } = user;
    await recordAudit(tx, ctx, {
      action: 'user.delete',
      object: userObject(user),
      before: { name, role },
      after: { ...grants },
    });
    await tx.delete(users).where(eq(users.id, userId));
    return { user, ended };
  });
  logAct(ctx, { userId, email: user.email }, 'user deleted');
  announceEnded(ctx, ended);
}
