import { sql } from 'drizzle-orm';
import { users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { recordRefusal } from '../audit/record-refusal';
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
  if (!(await isPasswordOf(user?.passwordHash ?? null, password)) || !user) {
    await recordRefusal(ctx, { action: 'user.signIn', outcome: 'refused', code: 'auth.credentials', actor: tried(email, user?.id) });
    throw new AppError('auth.credentials');
  }
  await Promise.all([ctx.limits.signInsFrom.giveBack(ctx.address), ctx.limits.signInsTo.giveBack(account)]);
  if (ctx.session) await signOut(ctx);
  // First: a session that nobody has a record of is worse than a record of a sign-in that broke off.
  await recordAudit(ctx.db, { ...ctx, session: null }, { action: 'user.signIn', actor: { kind: 'person', id: user.id, label: user.email } });
  ctx.setCookie?.(await ctx.sessions.start(user.id));
}

/** Ends the session, its cookie and its live streams. Nothing to do when there is none. */
export async function signOut(ctx: Context): Promise<void> {
  if (!ctx.session) return;
  await recordAudit(ctx.db, ctx, { action: 'user.signOut' });
  ctx.setCookie?.(await ctx.sessions.end(ctx.session.id));
  ctx.events.emit('session.ended', { sessionId: ctx.session.id });
}

/** Who somebody said to be. What is no e-mail may be a password in the wrong field, and is not kept. */
const tried = (email: string, id: string | undefined) => ({ kind: 'person' as const, id: id ?? null, label: email.includes('@') ? email : null });
