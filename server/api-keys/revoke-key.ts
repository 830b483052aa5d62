import { and, eq, isNull } from 'drizzle-orm';
import { apiKeys } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';

/**
 * Ends one of the caller's keys for good, from the next request on. Throws `key.not_found`, also for somebody else's.
 */
export async function revokeKey(ctx: SignedIn, keyId: string, now = new Date()): Promise<void> {
  const { user } = ctx.session;
  const name = await ctx.db.transaction(async (tx) => {
    const [key] = await tx
      .update(apiKeys)
      .set({ revokedAt: now })
      .where(and(eq(apiKeys.id, keyId), eq(apiKeys.userId, user.id), isNull(apiKeys.revokedAt)))
      .returning({ name: apiKeys.name });
    if (!key) throw new AppError('key.not_found');
    await recordAudit(tx, ctx, {
      action: 'apiKey.revoke',
      object: { kind: 'apiKey', id: keyId, label: key.name },
      before: { isRevoked: false },
      after: { isRevoked: true },
    });
    return key.name;
  });
  logAct(ctx, { keyId, name }, 'API key revoked');
}
