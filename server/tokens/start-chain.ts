import { v7 as uuidv7 } from 'uuid';
import type { Database, Transaction } from '../../db/client';
import { tokenChains } from '../../db/schema';
import type { TokenSigner } from './signer';

/** The first token of a new chain. Whoever calls it has seen the password. */
export async function startChain(
  db: Database | Transaction,
  tokens: TokenSigner,
  userId: string,
  now: Date,
): Promise<{ token: string; expiresAt: string }> {
  const chainId = uuidv7();
  const { token, expiresAt } = await tokens.sign({ userId, chainId, jti: uuidv7() }, now);
  await db.insert(tokenChains).values({ id: chainId, userId, startedAt: now, expiresAt });
  return { token, expiresAt: expiresAt.toISOString() };
}
