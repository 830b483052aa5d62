import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { endChain } from './end-chains';

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
