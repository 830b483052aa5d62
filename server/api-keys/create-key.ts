import { and, count, eq } from 'drizzle-orm';
import { apiKeys } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { mayAnywhere, type Permission } from '../auth/permissions';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';
import { holdActor } from '../users/hold-user';
import { isActiveKey } from './key-state';
import { hashKey, makeKey, prefixOf } from './key-text';

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_KEYS = 50;

/**
 * Makes an API key for the caller. The answer is the only place it is ever shown.
 * Throws `key.too_wide`, `key.too_many`, `auth.required`.
 */
export async function createKey(
  ctx: SignedIn,
  { name, permissions, days }: { name: string; permissions: Permission[]; days: number },
  now = new Date(),
): Promise<{ key: string }> {
  const { user } = ctx.session;
  if (!permissions.every((permission) => mayAnywhere(ctx.session, permission))) throw new AppError('key.too_wide');
  const key = makeKey();
  const keyId = await ctx.db.transaction(async (tx) => {
    // A key of whoever is being shut out at this moment would outlive that, and two requests at once would both be the
    // fiftieth.
    await holdActor(tx, ctx, null);
    const [working] = await tx
      .select({ n: count() })
      .from(apiKeys)
      .where(and(eq(apiKeys.userId, user.id), isActiveKey(now)));
    if (working!.n >= MAX_KEYS) throw new AppError('key.too_many');
    const [made] = await tx
      .insert(apiKeys)
      .values({
        userId: user.id,
        name,
        prefix: prefixOf(key),
        hash: hashKey(key),
        permissions: [...new Set(permissions)],
        createdAt: now,
        expiresAt: new Date(now.getTime() + days * DAY_MS),
      })
      .returning({ id: apiKeys.id });
    await recordAudit(tx, ctx, {
      action: 'apiKey.create',
      object: { kind: 'apiKey', id: made!.id, label: name },
      after: { permissions, days },
    });
    return made!.id;
  });
  logAct(ctx, { keyId, name, permissions }, 'API key created');
  return { key };
}
