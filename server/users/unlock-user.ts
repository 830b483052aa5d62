import { recordAudit } from '../audit/record-audit';
import { forgetAttempts } from '../auth/attempts';
import type { SignedIn } from '../trpc';
import { accountKey, accountRule } from '../auth/account-lock';
import { holdUser } from './hold-user';
import { userObject } from './user-object';

/** Ends the lock after wrong passwords before its time, and forgets the failures. Nothing to do when there is none. Throws `user.not_found`. */
export async function unlockUser(ctx: SignedIn, userId: string, now = new Date()): Promise<void> {
  const user = await ctx.db.transaction(async (tx) => {
    const user = await holdUser(tx, ctx, userId);
    const forgotten = await forgetAttempts(tx, accountKey(user.email));
    await recordAudit(tx, ctx, { action: 'user.unlock', object: userObject(user), before: failuresOf(ctx, forgotten, now), after: { failures: 0, lockedUntil: null } });
    return user;
  });
  ctx.log.info({ userId, email: user.email, by: ctx.session.user.email }, 'user unlocked');
}

/** As the record says it. What no longer counted when it was forgotten was none. */
function failuresOf(ctx: SignedIn, forgotten: Awaited<ReturnType<typeof forgetAttempts>>, now: Date) {
  if (!forgotten || forgotten.until <= now) return { failures: 0, lockedUntil: null };
  const { max } = accountRule(ctx.config);
  return { failures: Math.min(forgotten.count, max), lockedUntil: forgotten.count >= max ? forgotten.until : null };
}
