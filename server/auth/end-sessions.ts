import { and, eq, ne } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { sessions, users } from '../../db/schema';
import { endChains } from '../tokens/end-chains';
import type { Context } from '../context';

/**
 * Ends a user's sessions, all or all but one, and all their tokens. With all of them what they had signed in with is
 * known no more: somebody else may have been in, and would keep attempts of their own. The ids it returns are for
 * `announceEnded`, after the commit.
 */
export async function endSessions(
  tx: Transaction,
  userId: string,
  { except, now = new Date() }: { except?: string; now?: Date } = {},
): Promise<string[]> {
  await endChains(tx, userId);
  if (except === undefined) await tx.update(users).set({ devicesSince: now }).where(eq(users.id, userId));
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
