import { and, eq, isNull } from 'drizzle-orm';
import { apiKeys } from '../../db/schema';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';

/** Ends one of the caller's keys for good, from the next request on. Throws `key.not_found`, also for somebody else's. */
export async function revokeKey({ db, log, session }: SignedIn, keyId: string, now = new Date()): Promise<void> {
  const [key] = await db
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(and(eq(apiKeys.id, keyId), eq(apiKeys.userId, session.user.id), isNull(apiKeys.revokedAt)))
    .returning({ name: apiKeys.name });
  if (!key) throw new AppError('key.not_found');
  log.info({ keyId, name: key.name, by: session.user.email }, 'API key revoked');
}
