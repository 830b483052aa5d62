import { recordAudit } from '../audit/record-audit';
import { forgetAttempts } from '../auth/attempts';
import type { SignedIn } from '../trpc';
import { accountKey } from './account-lock';
import { holdUser } from './hold-user';
import { userObject } from './user-object';

/** Ends the lock after wrong passwords before its time, and forgets the failures. Nothing to do when there is none. Throws `user.not_found`. */
export async function unlockUser(ctx: SignedIn, userId: string): Promise<void> {
  const user = await ctx.db.transaction(async (tx) => {
    const user = await holdUser(tx, ctx, userId);
    await forgetAttempts(tx, accountKey(user.email));
    await recordAudit(tx, ctx, { action: 'user.unlock', object: userObject(user), after: { failures: 0 } });
    return user;
  });
  ctx.log.info({ userId, email: user.email, by: ctx.session.user.email }, 'user unlocked');
}
