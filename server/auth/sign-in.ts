import { and, eq, isNull } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '../../db/client';
import { lowerEmail, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { recordRefusal } from '../audit/record-refusal';
import { type Counted, countAttempts, forgetAttempts, giveBackAttempt } from './attempts';
import { isPasswordOf } from './password';
import { AppError } from '../errors';
import { logFailure } from '../log';
import type { Context } from '../context';
import { accountKey, knownCounter, strangerCounters } from './account-lock';
import { announceEnded } from './end-sessions';
import { isStillKnown } from './known-devices';
import { endOwnSession } from './sign-out';
import { userObject } from '../users/user-object';

interface Credentials {
  email: string;
  password: string;
}

/**
 * Starts a session and sets its cookie, and one by which this browser is known to the account from then on. The session
 * the request came with, if any, ends: a cookie planted before sign-in must not be worth anything after it.
 * Throws `auth.credentials`, `auth.locked`, `auth.too_many`, `auth.busy`, `request.too_many`.
 */
export async function signIn(ctx: Context, credentials: Credentials, now = new Date()): Promise<void> {
  const letIn = async (tx: Transaction, user: { id: string }) => {
    await endOwnSession(tx, ctx);
    return ctx.sessions.start(user.id, ctx, tx);
  };
  const { user, admission: cookie } = await withRightPassword(
    ctx,
    { ...credentials, shown: ctx.shownDevices },
    { action: 'user.signIn', letIn },
    now,
  );
  if (ctx.session) announceEnded(ctx, [ctx.session.id]);
  ctx.setCookie?.(cookie);
  ctx.setCookie?.(ctx.knownDevices.makeCookie(user, now));
}

/**
 * Lets in whoever knows the password of an account: by a cookie, by a token. An e-mail that nobody has is counted and
 * locked like any other. Who is known to the account, by a device or by a session that is open, has attempts of their
 * own, which no stranger uses up; and they count for no address.
 * Throws `auth.credentials`, `auth.locked`, `auth.too_many`, `auth.busy`, `request.too_many`.
 * @param shown what may prove a device
 */
export async function withRightPassword<T>(
  ctx: Context,
  { email, password, shown }: Credentials & { shown: readonly string[] },
  {
    action,
    letIn,
  }: { action: 'user.signIn' | 'token.login'; letIn: (tx: Transaction, user: { id: string }) => Promise<T> },
  now: Date,
): Promise<{ user: { id: string; email: string }; admission: T }> {
  let who = tried(email);
  /** Of the failure that locks the account, for a site, for a device or for all strangers. */
  let locks: Counted[] = [];
  const known = sessionOf(ctx, email, now) ?? ctx.knownDevices.find(shown, email, now);
  try {
    return await (known
      ? ctx.knownTurns.take(knownCounter(ctx.config, email, known).key, admit)
      : ctx.passwordTurns.take(accountKey(email), admit));
  } catch (error) {
    if (error instanceof AppError)
      await recordRefusal(ctx, { action, outcome: 'refused', code: error.appCode, actor: { kind: 'person', ...who } });
    for (const { count, until } of locks)
      await recordRefusal(ctx, {
        action: 'user.lock',
        object: { kind: 'user', ...who },
        after: { failures: count, lockedUntil: until },
      });
    throw error;
  }

  async function admit() {
    const [user] = await ctx.db
      .select()
      .from(users)
      .where(eq(lowerEmail(users.email), email.toLowerCase()));
    const isKnown = known && user && isStillKnown(known, user);
    const counters = isKnown
      ? [knownCounter(ctx.config, email, known)]
      : strangerCounters(ctx.config, email, ctx.address);
    // Counted before the slow hash, or guessing would cost us more than them.
    const counted = await countAttempts(ctx.db, counters, now);
    locks = counted.filter(({ account, count, max }) => account !== undefined && count === max);
    if (user) who = { id: user.id, label: user.email };
    const isRight = await isPasswordOf(user?.passwordHash ?? null, password);
    if (!isRight || !user || user.deactivatedAt) throw new AppError('auth.credentials');
    // Each time is a record that is never deleted.
    await ctx.limits.ownChanges.take(user.id).catch(async (error: unknown) => {
      // It was no guess.
      for (const { key } of counted) await giveBackAttempt(ctx.db, key);
      locks = [];
      throw error;
    });
    // What is one's own, or of a site, begins again. What all share only loses this one: a guesser would have a new
    // lot of guesses each time somebody else signs in.
    const [own, shared] = [counted.filter(({ isFixed }) => !isFixed), counted.filter(({ isFixed }) => isFixed)];
    const admission = await ctx.db.transaction(async (tx) => {
      // Asked again with the row held: the password may have been changed or the account deactivated during the hash,
      // and whoever did that has ended only the sessions there were.
      const [still] = await tx
        .update(users)
        .set({ lastSignInAt: now })
        .where(and(eq(users.id, user.id), isNull(users.deactivatedAt), eq(users.passwordHash, user.passwordHash!)))
        .returning({ id: users.id });
      if (!still) throw new AppError('auth.credentials');
      await recordAudit(
        tx,
        { ...ctx, session: null },
        { action, actor: { kind: 'person', id: user.id, label: user.email }, object: userObject(user) },
      );
      for (const { key } of own) await forgetAttempts(tx, key);
      return letIn(tx, user);
    });
    // It is committed: what fails from here on must not be answered as if it were not.
    for (const { key } of shared) {
      await giveBackAttempt(ctx.db, key).catch((error: unknown) =>
        logFailure(ctx.log, 'a rightful attempt was not given back', error),
      );
    }
    return { user, admission };
  }
}

/** The open session of whoever signs in to the same account again. */
function sessionOf({ session }: Context, email: string, now: Date) {
  if (session?.user.email.toLowerCase() !== email.toLowerCase()) return null;
  return { id: session.id, userId: session.user.id, since: now };
}

/** Who somebody said to be. What is no e-mail may be a password in the wrong field, and is not kept. */
const tried = (email: string): { id: string | null; label: string | null } => ({
  id: null,
  label: z.email().max(254).safeParse(email).success ? email : null,
});
