import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { apiKeys } from '../../db/schema';
import { isActiveKey } from './key-state';

/**
 * Revokes every key of a user for good, within whatever shuts them out: whoever was in by their password or their
 * session may have made one to stay. The user's row is to be held, or one that is just being made would be missed.
 * Returns how many there were.
 */
export async function endKeys(tx: Transaction, userId: string, now: Date): Promise<number> {
  const ended = await tx
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(and(eq(apiKeys.userId, userId), isActiveKey(now)))
    .returning({ id: apiKeys.id });
  return ended.length;
}
