import type { Transaction } from '../../db/client';
import { type Actor, recordAudit } from '../audit/record-audit';
import type { Services } from '../services';
import type { SignedIn } from '../trpc';
import { forgetFailures } from '../auth/account-lock';
import { logAct } from '../log';
import { holdByEmail, holdUser, refuseWider, type User } from './hold-user';
import { userObject } from './user-object';

/**
 * Ends every lock of an account after wrong passwords before its time, and forgets the failures. Nothing to do when
 * there is none. Throws `key.too_wide`, `user.not_found`.
 */
export async function unlockUser(ctx: SignedIn, userId: string, now = new Date()): Promise<void> {
  const user = await ctx.db.transaction(async (tx) => {
    const user = await holdUser(tx, ctx, userId);
    await refuseWider(tx, ctx, user.role, ...user.grantedRoles);
    await unlock(tx, ctx, user, now);
    return user;
  });
  logAct(ctx, { userId, email: user.email }, 'user unlocked');
}

/**
 * The same for whoever is at the server's own files. Throws `user.not_found`.
 * @returns until when it was locked, null when it was not
 */
export const unlockFromServer = (ctx: Locking & Pick<Services, 'db'>, email: string, now = new Date()) =>
  ctx.db.transaction(async (tx) => (await unlock(tx, ctx, await holdByEmail(tx, email), now)).lockedUntil);

type Locking = Pick<Services, 'config'> & Actor;

async function unlock(tx: Transaction, ctx: Locking, user: User, now: Date) {
  const before = await forgetFailures(tx, ctx.config, user.email, now);
  const after = { failures: 0, lockedUntil: null };
  await recordAudit(tx, ctx, { action: 'user.unlock', object: userObject(user), before, after });
  return before;
}
