import { and, eq, isNull } from 'drizzle-orm';
import { enrolmentTokens } from '../../db/schema';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';

/**
 * Nobody joins with it any more. Hosts that came with it stay as they are.
 * Throws `enrolment.already_revoked`, `enrolment.not_found`.
 */
export async function revokeToken({ db, session, log }: SignedIn, tokenId: string): Promise<void> {
  const [token] = await db
    .update(enrolmentTokens)
    .set({ revokedAt: new Date() })
    .where(and(eq(enrolmentTokens.id, tokenId), isNull(enrolmentTokens.revokedAt)))
    .returning({ name: enrolmentTokens.name });
  if (!token) {
    const known = await db.select({ id: enrolmentTokens.id }).from(enrolmentTokens).where(eq(enrolmentTokens.id, tokenId));
    throw new AppError(known.length > 0 ? 'enrolment.already_revoked' : 'enrolment.not_found');
  }
  log.info({ tokenId, name: token.name, by: session.user.email }, 'enrolment token revoked');
}
