import type { enrolmentTokens } from '../../db/schema';

export type TokenState = 'active' | 'expired' | 'used_up' | 'revoked';

/** What a token is worth now. What a person did comes before what happened by itself. */
export function tokenState(
  {
    revokedAt,
    expiresAt,
    maxUses,
    used,
  }: Pick<typeof enrolmentTokens.$inferSelect, 'revokedAt' | 'expiresAt' | 'maxUses' | 'used'>,
  now = new Date(),
): TokenState {
  if (revokedAt) return 'revoked';
  if (expiresAt <= now) return 'expired';
  return maxUses !== null && used >= maxUses ? 'used_up' : 'active';
}
