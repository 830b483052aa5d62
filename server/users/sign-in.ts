import { sql } from 'drizzle-orm';
import { users } from '../../db/schema';
import { isPasswordOf } from '../auth/password';
import { AppError } from '../errors';
import type { Context } from '../trpc';

/**
 * Starts a session and sets its cookie. The session the request came with, if any, ends: a cookie planted
 * before sign-in must not be worth anything after it. Throws `auth.credentials`,
 * `auth.too_many`.
 */
export async function signIn(ctx: Context, { email, password }: { email: string; password: string }): Promise<void> {
  // Counted before the slow hash, or guessing would cost us more than them.
  const account = email.toLowerCase();
  await ctx.limits.signInsFrom.take(ctx.address);
  await ctx.limits.signInsTo.take(account);
  const [user] = await ctx.db.select().from(users).where(sql`lower(${users.email}) = lower(${email})`);
  if (!(await isPasswordOf(user?.passwordHash ?? null, password)) || !user) throw new AppError('auth.credentials');
  await Promise.all([ctx.limits.signInsFrom.giveBack(ctx.address), ctx.limits.signInsTo.giveBack(account)]);
  if (ctx.session) await signOut(ctx);
  ctx.setCookie?.(await ctx.sessions.start(user.id));
}

/** Ends the session, its cookie and its live streams. Nothing to do when there is none. */
export async function signOut(ctx: Context): Promise<void> {
  if (!ctx.session) return;
  ctx.setCookie?.(await ctx.sessions.end(ctx.session.id));
  ctx.events.emit('session.ended', { sessionId: ctx.session.id });
}
