import { createHash } from 'node:crypto';
import { and, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { enrolmentTokens } from '../../db/schema';
import { AppError } from '../errors';
import { type TokenState, tokenState } from './token-state';

/**
 * Counts one use, in the transaction that makes the host: both happen or neither.
 * Throws `enrolment.token_unknown`, `_expired`, `_used_up`, `_revoked`.
 */
export async function spendToken(tx: Transaction, credential: string, now = new Date()) {
  // One guarded statement: of a hundred machines that race for ten uses, ten find the row.
  const [token] = await tx
    .update(enrolmentTokens)
    .set({ used: sql`${enrolmentTokens.used} + 1` })
    .where(
      and(
        eq(enrolmentTokens.hash, hashCredential(credential)),
        isNull(enrolmentTokens.revokedAt),
        gt(enrolmentTokens.expiresAt, now),
        or(isNull(enrolmentTokens.maxUses), lt(enrolmentTokens.used, enrolmentTokens.maxUses)),
      ),
    )
    .returning();
  if (token) return token;
  const state = await judgeToken(tx, credential, now);
  // It was extended or given more uses in between: the machine asks again.
  if (state === 'active') throw new AppError('internal', { cause: new Error('a token changed while it was spent') });
  throw new AppError(`enrolment.token_${state}`);
}

/** What a credential is worth, without spending it. One look-up in an index. */
export async function judgeToken(
  db: Database | Transaction,
  credential: string,
  now = new Date(),
): Promise<TokenState | 'unknown'> {
  const [token] = await db
    .select()
    .from(enrolmentTokens)
    .where(eq(enrolmentTokens.hash, hashCredential(credential)));
  return token ? tokenState(token, now) : 'unknown';
}

/** SHA-256 of its bytes, hex. No salt and no slow hash: 256 random bits are not to be guessed. */
export const hashCredential = (credential: string) =>
  createHash('sha256').update(Buffer.from(credential, 'base64url')).digest('hex');
