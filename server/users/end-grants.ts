import { and, asc, eq, gt, isNull, or } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { enrolmentTokens, userLinks } from '../../db/schema';
import { endKeys } from '../api-keys/end-keys';

/** How many of what a user had given out have ended, for the record. */
export interface EndedGrants {
  keysRevoked: number;
  linksEnded: number;
  enrolmentTokensRevoked: number;
}

/**
 * Ends for good what a user has made that lets somebody in without them: API keys, one-time links of others, enrolment
 * tokens that approve by themselves. Within whatever shuts them out, with their row held: they have seen all of these,
 * and would come back by them under another name.
 */
export async function endGrants(tx: Transaction, userId: string, now: Date): Promise<EndedGrants> {
  return {
    linksEnded: await endLinksMadeBy(tx, userId),
    keysRevoked: await endKeys(tx, userId, now),
    enrolmentTokensRevoked: await revokeApprovingTokens(tx, userId, now),
  };
}

/** Ends the one-time links that a user was shown. Returns how many there were. */
export async function endLinksMadeBy(tx: Transaction, userId: string): Promise<number> {
  await holdLinks(tx, userId);
  const ended = await tx
    .delete(userLinks)
    .where(eq(userLinks.createdBy, userId))
    .returning({ userId: userLinks.userId });
  return ended.length;
}

/**
 * The links that a user made, and their own, in one order: two who use links of each other's would wait for one another
 * for ever. Before any of them is deleted.
 */
export async function holdLinks(tx: Transaction, userId: string): Promise<void> {
  await tx
    .select({ userId: userLinks.userId })
    .from(userLinks)
    .where(or(eq(userLinks.userId, userId), eq(userLinks.createdBy, userId)))
    .orderBy(asc(userLinks.userId))
    .for('update');
}

/** Revokes the working tokens of a user that let machines in without a person's look. Returns how many there were. */
export async function revokeApprovingTokens(tx: Transaction, userId: string, now: Date): Promise<number> {
  const isWorking = and(
    eq(enrolmentTokens.autoApprove, true),
    isNull(enrolmentTokens.revokedAt),
    gt(enrolmentTokens.expiresAt, now),
  );
  const revoked = await tx
    .update(enrolmentTokens)
    .set({ revokedAt: now })
    .where(and(eq(enrolmentTokens.createdBy, userId), isWorking))
    .returning({ id: enrolmentTokens.id });
  return revoked.length;
}
