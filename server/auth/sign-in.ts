import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '../../db/client';
import { lowerEmail, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { recordRefusal } from '../audit/record-refusal';
import { addressKey, countAttempt, forgetAttempts, giveBackAttempt } from './attempts';
import { isPasswordOf } from './password';
import { AppError } from '../errors';
import { describeFailure } from '../log';
import type { Context } from '../trpc';
import { accountKey, accountRule } from './account-lock';
import { announceEnded } from './end-sessions';
import { endOwnSession } from './sign-out';
import { userObject } from '../users/user-object';

interface Credentials {
  email: string;
  password: string;
}

/** So long an address's failures count from the first of them; when there are too many, it waits for the rest of it. */
const ADDRESS_SECONDS = 60;

/**
 * Starts a session and sets its cookie. The session the request came with, if any, ends: a cookie planted
 * before sign-in must not be worth anything after it. Throws `auth.credentials`, `auth.locked`, `auth.too_many`,
 * `auth.busy`, `request.too_many`.
 */
export async function signIn(ctx: Context, credentials: Credentials, now = new Date()): Promise<void> {
  const letIn = async (tx: Transaction, userId: string) => {
    await endOwnSession(tx, ctx);
    return ctx.sessions.start(userId, ctx, tx);
  };
  const cookie = await withRightPassword(ctx, credentials, { action: 'user.signIn', letIn }, now);
  if (ctx.session) announceEnded(ctx, [ctx.session.id]);
  ctx.setCookie?.(cookie);
}

/**
 * Lets in whoever knows the password of an account: by a cookie, by a token. An e-mail that nobody has is counted and
 * locked like any other. Throws `auth.credentials`, `auth.locked`, `auth.too_many`, `auth.busy`, `request.too_many`.
 */
export async function withRightPassword<T>(
  ctx: Context,
  { email, password }: Credentials,
  { action, letIn }: { action: 'user.signIn' | 'token.login'; letIn: (tx: Transaction, userId: string) => Promise<T> },
  now: Date,
): Promise<T> {
  let who = tried(email);
  /** Of the failure that locks the account. */
  let lock: Awaited<ReturnType<typeof countAttempt>> | undefined;
  try {
    return await ctx.passwordTurns.take(accountKey(email), admit);
  } catch (error) {
    if (error instanceof AppError) await recordRefusal(ctx, { action, outcome: 'refused', code: error.appCode, actor: { kind: 'person', ...who } });
    if (lock) await recordRefusal(ctx, { action: 'user.lock', object: { kind: 'user', ...who }, after: { failures: lock.count, lockedUntil: lock.until } });
    throw error;
  }

  async function admit() {
    // Counted before the slow hash, or guessing would cost us more than them.
    const [from, account] = [addressKey(ctx.address), accountKey(email)];
    const max = ctx.config.sign_in.max_failures_per_address;
    await countAttempt(ctx.db, from, { code: 'auth.too_many', max, seconds: ADDRESS_SECONDS, isFixed: true }, now);
    const rule = accountRule(ctx.config);
    const counted = await countAttempt(ctx.db, account, rule, now);
    if (counted.count === rule.max) lock = counted;
    const [user] = await ctx.db.select().from(users).where(eq(lowerEmail(users.email), email.toLowerCase()));
    if (user) who = { id: user.id, label: user.email };
    const isRight = await isPasswordOf(user?.passwordHash ?? null, password);
    if (!isRight || !user || user.deactivatedAt) throw new AppError('auth.credentials');
    // Each time is a record that is never deleted.
    await ctx.limits.ownChanges.take(user.id).catch(async (error: unknown) => {
      // It was no guess.
      for (const key of [account, from]) await giveBackAttempt(ctx.db, key);
      lock = undefined;
      throw error;
    });
    const admission = await ctx.db.transaction(async (tx) => {
      // Asked again with the row held: the password may have been changed or the account deactivated during the hash, and
      // whoever did that has ended only the sessions there were.
      const [still] = await tx
        .update(users)
        .set({ lastSignInAt: now })
        .where(and(eq(users.id, user.id), isNull(users.deactivatedAt), eq(users.passwordHash, user.passwordHash!)))
        .returning({ id: users.id });
      if (!still) throw new AppError('auth.credentials');
      await recordAudit(tx, { ...ctx, session: null }, { action, actor: { kind: 'person', id: user.id, label: user.email }, object: userObject(user) });
      await forgetAttempts(tx, account);
      return letIn(tx, user.id);
    });
    // It is committed: what fails from here on must not be answered as if it were not.
    await giveBackAttempt(ctx.db, from).catch((error: unknown) => ctx.log.error(describeFailure(error as Error), 'a rightful attempt was not given back'));
    return admission;
  }
}

/** Who somebody said to be. What is no e-mail may be a password in the wrong field, and is not kept. */
const tried = (email: string): { id: string | null; label: string | null } => ({ id: null, label: z.email().max(254).safeParse(email).success ? email : null });
