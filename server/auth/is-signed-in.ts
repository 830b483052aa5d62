import { and, eq, gt } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { sessions, tokenChains } from '../../db/schema';
import type { Session } from './session';

/**
 * Whether what a request came with still counts. Asked with the user's row held, it stays so until the transaction ends:
 * everything that shuts somebody out holds that row.
 */
export async function isSignedIn(tx: Transaction, { id, via }: Session, now: Date): Promise<boolean> {
  if (via === 'key') return false;
  const found =
    via === 'token'
      ? await tx.select({ id: tokenChains.id }).from(tokenChains).where(eq(tokenChains.id, id))
      : await tx.select({ id: sessions.id }).from(sessions).where(and(eq(sessions.id, id), gt(sessions.expiresAt, now)));
  return found.length > 0;
}
