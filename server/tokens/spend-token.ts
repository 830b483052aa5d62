import { and, eq, isNull, sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { spentTokens, tokenChains, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { rightsOf } from '../auth/permissions';
import { personColumns, type Session } from '../auth/session';
import { AppError } from '../errors';
import type { Context } from '../context';

type Ctx = Pick<Context, 'db' | 'log' | 'tokens' | 'audit' | 'address'> & Partial<Pick<Context, 'requestId'>>;

/** A token that nobody else can use any more, until it is given back. */
export interface SpentToken {
  jti: string;
  session: Session;
  /** The token that follows it, for who spends it successfully. Until it is handed out nobody has it. */
  next: string;
}

/**
 * Takes a token out of use, says whose it is and makes the one that follows it. Of any number of uses at once, in any
 * number of processes, one gets it. A second use ends the whole chain: two hold the token, and nobody knows who of them
 * is the thief; only the call that the first use is for goes on. Throws `token.invalid`, `token.expired`,
 * `token.spent`.
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
  const next = await ctx.tokens.sign({ userId, chainId, jti: uuidv7() }, now);
  const { isAlive, isMine } = await denyList(ctx, { jti, chainId, expiresAt, chainExpiresAt: next.expiresAt });
  if (!isAlive) throw new AppError('token.invalid');
  if (!isMine) await refuseSecondUse(ctx, user, chainId, now);
  return { jti, next: next.token, session: { id: chainId, via: 'token', user, ...rightsOf(user) } };
}

/**
 * One statement. It holds the chain's row first: an insert alone would see a chain that is just being deleted, find the
 * place of its token free again by that deletion, and break the reference to the chain.
 */
async function denyList(
  { db }: Ctx,
  { jti, chainId, expiresAt, chainExpiresAt }: { jti: string; chainId: string; expiresAt: Date; chainExpiresAt: Date },
) {
  const { rows } = await db.execute<{ isAlive: boolean; isMine: boolean }>(sql`
    with chain as (
      update ${tokenChains} set expires_at = ${chainExpiresAt.toISOString()}::timestamptz where id = ${chainId} and ended_at is null returning id
    ), spent as (
      insert into ${spentTokens} (jti, chain_id, expires_at)
      select ${jti}, id, ${expiresAt.toISOString()}::timestamptz from chain
      on conflict do nothing
      returning jti
    )
    select exists (select from chain) as "isAlive", exists (select from spent) as "isMine"`);
  return rows[0]!;
}

async function refuseSecondUse(
  ctx: Ctx,
  { id: userId, email }: { id: string; email: string },
  chainId: string,
  now: Date,
): Promise<never> {
  const hasEnded = await ctx.db.transaction(async (tx) => {
    const ended = await tx
      .update(tokenChains)
      .set({ endedAt: now })
      .where(and(eq(tokenChains.id, chainId), isNull(tokenChains.endedAt)))
      .returning({ id: tokenChains.id });
    // The one that ended it tells; the other ninety-nine of a race would only repeat it.
    if (ended.length === 0) return false;
    // Whoever it was showed this person's token; which of the two is the thief, nobody knows.
    const actor = { kind: 'person' as const, id: userId, label: email };
    await recordAudit(tx, ctx, {
      action: 'token.spend',
      actor,
      outcome: 'refused',
      code: 'token.spent',
      object: { kind: 'tokenChain', id: chainId, label: null },
    });
    return true;
  });
  if (hasEnded)
    ctx.log.warn({ userId, chainId, address: ctx.address }, 'a spent token was used again; its chain has ended');
  throw new AppError('token.spent');
}

/** After a call that changed nothing: the token counts as not used, so that a mistake does not cost the chain. */
export async function giveBackToken({ db }: Pick<Ctx, 'db'>, { jti }: SpentToken): Promise<void> {
  await db.delete(spentTokens).where(eq(spentTokens.jti, jti));
}
