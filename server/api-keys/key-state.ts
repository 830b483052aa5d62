import { and, gt, isNull, type SQL } from 'drizzle-orm';
import { apiKeys } from '../../db/schema';

export type KeyState = 'active' | 'expired' | 'revoked';

/** What a key is worth now, as far as it is up to the key. What a person did comes before what happened by itself. */
export function keyState(
  { revokedAt, expiresAt }: Pick<typeof apiKeys.$inferSelect, 'revokedAt' | 'expiresAt'>,
  now: Date,
): KeyState {
  if (revokedAt) return 'revoked';
  return expiresAt <= now ? 'expired' : 'active';
}

/** The same in SQL: whether a row of `api_key` is an active one. */
export const isActiveKey = (now: Date): SQL => and(isNull(apiKeys.revokedAt), gt(apiKeys.expiresAt, now))!;
