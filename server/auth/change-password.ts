import { and, eq } from 'drizzle-orm';
import { userLinks, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { recordRefusal } from '../audit/record-refusal';
import { countAttempt, forgetAttempts } from './attempts';
import { hashPassword, isPasswordOf } from './password';
import { refuseWeakPassword } from './password-rule';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';
import { knownCounter } from './account-lock';
import { announceEnded, endSessions } from './end-sessions';
import { holdActor } from '../users/hold-user';
import { userObject } from '../users/user-object';

/**
 * Changes one's own password, and ends one's other sessions, all tokens and a link for a new password. One's API keys
 * stay, as the page says. Wrong old ones count as failed sign-ins do, for this session alone: a page left open must not
 * be a place to guess, and who guesses elsewhere keeps nobody from it. Throws `password.wrong`, `password.common`,
 * `password.is_email`, `auth.locked`, `auth.busy`, and `auth.required` when they have just been shut out.
 */
export async function changePassword(
  ctx: SignedIn,
  { old, password }: { old: string; password: string },
  now = new Date(),
): Promise<void> {
  const { id, email } = ctx.session.user;
  await refuseWeakPassword(password, email);
  const ended = await ctx.knownTurns
    .take(knownCounter(ctx.config, email, ctx.session).key, () => replacePassword(ctx, { old, password }, now))
    .catch(async (error: unknown) => {
      if (error instanceof AppError)
        await recordRefusal(ctx, {
          action: 'profile.changePassword',
          outcome: 'refused',
          code: error.appCode,
          object: userObject({ id, email }),
        });
      throw error;
    });
  logAct(ctx, { userId: id, email }, 'password changed');
  announceEnded(ctx, ended);
}

async function replacePassword(
  ctx: SignedIn,
  { old, password }: { old: string; password: string },
  now: Date,
): Promise<string[]> {
  const { id, email } = ctx.session.user;
  const { key, max, count, until } = await countAttempt(ctx.db, knownCounter(ctx.config, email, ctx.session), now);
  const [user] = await ctx.db.select().from(users).where(eq(users.id, id));
  const stored = user?.passwordHash ?? null;
  if (!(await isPasswordOf(stored, old)) || stored === null) {
    if (count === max)
      await recordRefusal(ctx, {
        action: 'user.lock',
        object: userObject({ id, email }),
        after: { failures: count, lockedUntil: until },
      });
    throw new AppError('password.wrong');
  }
  const passwordHash = await hashPassword(password);
  return ctx.db.transaction(async (tx) => {
    await holdActor(tx, ctx, null);
    // Only over the password that was asked for: somebody else's change in between is not overwritten.
    const changed = await tx
      .update(users)
      .set({ passwordHash })
      .where(and(eq(users.id, id), eq(users.passwordHash, stored)))
      .returning({ id: users.id });
    if (changed.length === 0) throw new AppError('password.wrong');
    // Whoever else has a link would have the account back.
    await tx.delete(userLinks).where(eq(userLinks.userId, id));
    await forgetAttempts(tx, key);
    await recordAudit(tx, ctx, { action: 'profile.changePassword', object: userObject({ id, email }) });
    return endSessions(tx, id, { except: ctx.session.id });
  });
}
