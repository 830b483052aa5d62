import { and, count, eq, isNull } from 'drizzle-orm';
import { apiKeys, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { findPermissions } from '../auth/find-permissions';
import type { Permission } from '../auth/permissions';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { isWorkingKeyOf } from './end-keys';
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
  const { user, permissions: mine } = ctx.session;
  if (!permissions.every((permission) => mine.has(permission))) throw new AppError('key.too_wide');
  const key = makeKey();
  const keyId = await ctx.db.transaction(async (tx) => {
    // The owner's row is held, or two requests at once would both be the fiftieth.
    const owner = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, user.id), isNull(users.deactivatedAt)))
      .for('update');
    // Asked again now that nobody can end it: a key of whoever is being shut out at this moment would outlive that.
    if (owner.length === 0 || !(await findPermissions(tx, ctx.session, now))) throw new AppError('auth.required');
    const [working] = await tx.select({ n: count() }).from(apiKeys).where(isWorkingKeyOf(user.id, now));
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
    await recordAudit(tx, ctx, { action: 'apiKey.create', object: { kind: 'apiKey', id: made!.id, label: name }, after: { permissions, days } });
    return made!.id;
  });
  ctx.log.info({ keyId, name, permissions, by: user.email }, 'API key created');
  return { key };
}
