import { and, eq, ne } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { sessions } from '../../db/schema';
import { endKeys } from '../api-keys/end-keys';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { endChains } from '../tokens/end-chains';
import type { Context, SignedIn } from '../trpc';
import { holdUser } from './hold-user';
import { userObject } from './user-object';

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

/**
 * Signs a user out everywhere and revokes their API keys, so that nobody acts in their name any more who does not know
 * the password. Throws `user.not_found`.
 */
export async function signOutEverywhere(ctx: SignedIn, userId: string, now = new Date()): Promise<void> {
  const { user, ended } = await ctx.db.transaction(async (tx) => {
    const user = await holdUser(tx, userId);
    if (!user) throw new AppError('user.not_found');
    const ended = await endSessions(tx, userId);
    const keysRevoked = await endKeys(tx, userId, now);
    await recordAudit(tx, ctx, { action: 'user.signOutEverywhere', object: userObject(user), after: { ended: ended.length, keysRevoked } });
    return { user, ended };
  });
  ctx.log.info({ userId, email: user.email, by: ctx.session.user.email }, 'user signed out everywhere');
  announceEnded(ctx, ended);
}

/** Ends one's own sessions but this one. One's API keys stay, as the page says: no script may stop because of a forgotten browser. */
export async function signOutElsewhere(ctx: SignedIn): Promise<void> {
  const { user } = ctx.session;
  const ended = await ctx.db.transaction(async (tx) => {
    const ended = await endSessions(tx, user.id, ctx.session.id);
    await recordAudit(tx, ctx, { action: 'profile.signOutElsewhere', object: userObject(user), after: { ended: ended.length } });
    return ended;
  });
  announceEnded(ctx, ended);
}
