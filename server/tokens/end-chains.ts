import { eq } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { tokenChains } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';

/** Ends the chain of the token that the request came with. Throws `token.invalid` when it came with something else. */
export async function logOut(ctx: SignedIn): Promise<void> {
  const { session } = ctx;
  if (session.via !== 'token') throw new AppError('token.invalid');
  await ctx.db.transaction(async (tx) => {
    await endChain(tx, session.id);
    await recordAudit(tx, ctx, { action: 'token.logout', object: { kind: 'tokenChain', id: session.id, label: null } });
  });
  // Nothing follows.
  ctx.setNextToken?.(null);
}

/** No token of it works any more. */
export async function endChain(db: Database | Transaction, chainId: string): Promise<void> {
  await db.delete(tokenChains).where(eq(tokenChains.id, chainId));
}

/** Ends every chain of a user, within whatever shuts them out. */
export async function endChains(db: Database | Transaction, userId: string): Promise<void> {
  await db.delete(tokenChains).where(eq(tokenChains.userId, userId));
}
