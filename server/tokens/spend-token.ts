import { and, eq, isNull, sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { spentTokens, tokenChains, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { permissionsOf } from '../auth/permissions';
import { personColumns, type Session } from '../auth/session';
import { AppError } from '../errors';
import type { Context } from '../trpc';

type Ctx = Pick<Context, 'db' | 'log' | 'tokens' | 'audit' | 'address'> & Partial<Pick<Context, 'requestId'>>;

/** A token that nobody else can use any more, until it is given back. */
export interface SpentToken {
  jti: string;
  session: Session;
}

/**
 * Takes a token out of use and says whose it is. Of any number of uses at once, in any number of processes, one gets it.
 * A second use ends the whole chain: two hold the token, and nobody knows who of them is the thief.
 * Throws `token.invalid`, `token.expired`, `token.spent`.
 */
export async function spendToken(ctx: Ctx, token: string, now = new Date()): Promise<SpentToken> {
  const claims = await ctx.tokens.verify(token, now);
  if (claims === 'expired') throw new AppError('token.expired');
  if (claims === 'invalid') throw new AppError('token.invalid');
  const { userId, chainId, jti, expiresAt } = claims;
  // The user's row is asked on every use: whoever is shut out or demoted is so for tokens that are out, too.
  const [user] = await ctx.db
    .select(personColumns)
    .from(tokenChains)
    .innerJoin(users, eq(users.id, tokenChains.userId))
    .where(and(eq(tokenChains.id, chainId), eq(users.id, userId), isNull(users.deactivatedAt)));
  if (!user) throw new AppError('token.invalid');
  const mine = await ctx.db
    .insert(spentTokens)
    // Selected, so that a chain that ended meanwhile is no row rather than a broken reference.
    .select(sql`select ${jti}, ${tokenChains.id}, ${expiresAt.toISOString()}::timestamptz from ${tokenChains} where ${tokenChains.id} = ${chainId}`)
    .onConflictDoNothing()
    .returning({ jti: spentTokens.jti });
  if (mine.length === 0) await refuseSecondUse(ctx, user, chainId);
  return { jti, session: { id: chainId, via: 'token', user, permissions: permissionsOf(user.role) } };
}

async function refuseSecondUse(ctx: Ctx, { id: userId, email }: { id: string; email: string }, chainId: string): Promise<never> {
  const hasEnded = await ctx.db.transaction(async (tx) => {
    const ended = await tx.delete(tokenChains).where(eq(tokenChains.id, chainId)).returning({ id: tokenChains.id });
    // The one that ended it tells; the other ninety-nine of a race would only repeat it.
    if (ended.length === 0) return false;
    // Whoever it was showed this person's token; which of the two is the thief, nobody knows.
    const actor = { kind: 'person' as const, id: userId, label: email };
    await recordAudit(tx, ctx, { action: 'token.spend', actor, outcome: 'refused', code: 'token.spent', object: { kind: 'tokenChain', id: chainId, label: null } });
    return true;
  });
  if (hasEnded) ctx.log.warn({ userId, chainId, address: ctx.address }, 'a spent token was used again; its chain has ended');
  throw new AppError('token.spent');
}

/** After an error: the token counts as not used, so that a mistake does not cost the chain. */
export async function giveBackToken({ db }: Pick<Ctx, 'db'>, { jti }: SpentToken): Promise<void> {
  await db.delete(spentTokens).where(eq(spentTokens.jti, jti));
}

/** The next token of the chain, or null when the chain has ended meanwhile. */
export async function mintToken({ db, tokens }: Pick<Ctx, 'db' | 'tokens'>, session: Session, now = new Date()): Promise<string | null> {
  const { token, expiresAt } = await tokens.sign({ userId: session.user.id, chainId: session.id, jti: uuidv7() }, now);
  const alive = await db.update(tokenChains).set({ expiresAt }).where(eq(tokenChains.id, session.id)).returning({ id: tokenChains.id });
  return alive.length > 0 ? token : null;
}
