import { sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { users } from '../../db/schema';
import { isPasswordOf } from '../auth/password';
import { AppError } from '../errors';
import type { Context } from '../trpc';

interface Credentials {
  email: string;
  password: string;
}

/**
 * Starts a session and sets its cookie. The session the request came with, if any, ends: a cookie planted
 * before sign-in must not be worth anything after it. Throws `auth.credentials`,
 * `auth.too_many`.
 */
export async function signIn(ctx: Context, credentials: Credentials): Promise<void> {
  const cookie = await withRightPassword(ctx, credentials, (_db, userId) => ctx.sessions.start(userId));
  if (ctx.session) await signOut(ctx);
  ctx.setCookie?.(cookie);
}

/** Lets in whoever knows the password of an account. Throws `auth.credentials`, `auth.too_many`. */
export async function withRightPassword<T>(ctx: Context, { email, password }: Credentials, letIn: (db: Database | Transaction, userId: string) => Promise<T>, _now = new Date()): Promise<T> {
  // Counted before the slow hash, or guessing would cost us more than them.
  const account = email.toLowerCase();
  await ctx.limits.signInsFrom.take(ctx.address);
  await ctx.limits.signInsTo.take(account);
  const [user] = await ctx.db.select().from(users).where(sql`lower(${users.email}) = lower(${email})`);
  if (!(await isPasswordOf(user?.passwordHash ?? null, password)) || !user) throw new AppError('auth.credentials');
  await Promise.all([ctx.limits.signInsFrom.giveBack(ctx.address), ctx.limits.signInsTo.giveBack(account)]);
  return letIn(ctx.db, user.id);
}

/** Ends the session, its cookie and its live streams. Nothing to do when there is none. */
export async function signOut(ctx: Context): Promise<void> {
  if (!ctx.session) return;
  ctx.setCookie?.(await ctx.sessions.end(ctx.session.id));
  ctx.events.emit('session.ended', { sessionId: ctx.session.id });
}
