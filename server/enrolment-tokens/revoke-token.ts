import { and, eq, isNull } from 'drizzle-orm';
import { enrolmentTokens } from '../../db/schema';
import { type Actor, recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { Services } from '../services';

/**
 * Nobody joins with it any more. Hosts that came with it stay as they are.
 * Throws `enrolment.already_revoked`, `enrolment.not_found`.
 */
export async function revokeToken(who: Pick<Services, 'db' | 'log'> & Actor, tokenId: string): Promise<void> {
  const name = await who.db.transaction(async (tx) => {
    const [token] = await tx
      .update(enrolmentTokens)
      .set({ revokedAt: new Date() })
      .where(and(eq(enrolmentTokens.id, tokenId), isNull(enrolmentTokens.revokedAt)))
      .returning({ name: enrolmentTokens.name });
    if (!token) {
      const known = await tx
        .select({ id: enrolmentTokens.id })
        .from(enrolmentTokens)
        .where(eq(enrolmentTokens.id, tokenId));
      throw new AppError(known.length > 0 ? 'enrolment.already_revoked' : 'enrolment.not_found');
    }
    await recordAudit(tx, who, {
      action: 'enrolmentToken.revoke',
      object: { kind: 'enrolmentToken', id: tokenId, label: token.name },
      before: { isRevoked: false },
      after: { isRevoked: true },
    });
    return token.name;
  });
  logAct(who, { tokenId, name }, 'enrolment token revoked');
}
