import { eq } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { tokenChains } from '../../db/schema';

/** No token of it works any more. */
export async function endChain(db: Database | Transaction, chainId: string): Promise<void> {
  await db.delete(tokenChains).where(eq(tokenChains.id, chainId));
}

/** Ends every chain of a user, within whatever shuts them out. */
export async function endChains(db: Database | Transaction, userId: string): Promise<void> {
  await db.delete(tokenChains).where(eq(tokenChains.userId, userId));
}
