import { and, eq, ne } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { sessions } from '../../db/schema';
import { AppError } from '../errors';
import { endChains } from '../tokens/end-chains';
import type { Context, SignedIn } from '../trpc';
import { holdUser } from './hold-user';

/** Ends a user's sessions, all or all but one, and all their tokens. The ids it returns are for `announceEnded`, after the commit. */
export async function endSessions(tx: Transaction, userId: string, except?: string): Promise<string[]> {
  await endChains(tx, userId);
  const ended = await tx
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), except === undefined ? undefined : ne(sessions.id, except)))
    .returning({ id: sessions.id });
  return ended.map(({ id }) => id);
}

/** Closes the live streams of sessions that are gone. */
export function announceEnded({ events }: Pick<Context, 'events'>, sessionIds: string[]): void {
  for (const sessionId of sessionIds) events.emit('session.ended', { sessionId });
}

/** Signs a user out everywhere. Throws `user.not_found`. */
export async function signOutEverywhere(ctx: SignedIn, userId: string): Promise<void> {
  const { user, ended } = await ctx.db.transaction(async (tx) => {
    const user = await holdUser(tx, userId);
    if (!user) throw new AppError('user.not_found');
    return { user, ended: await endSessions(tx, userId) };
  });
  ctx.log.info({ userId, email: user.email, by: ctx.session.user.email }, 'user signed out everywhere');
  announceEnded(ctx, ended);
}

/** Ends one's own sessions but this one. */
export async function signOutElsewhere(ctx: SignedIn): Promise<void> {
  const ended = await ctx.db.transaction((tx) => endSessions(tx, ctx.session.user.id, ctx.session.id));
  announceEnded(ctx, ended);
}
