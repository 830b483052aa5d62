import { and, eq, isNull, lte, or } from 'drizzle-orm';
import { apiKeys, users } from '../../db/schema';
import { rightsOf } from '../auth/permissions';
import { personColumns, type Session } from '../auth/session';
import { AppError } from '../errors';
import type { Services } from '../services';
import { isActiveKey } from './key-state';
import { hashKey, isKey } from './key-text';

/** How late `last used` may be. */
const COALESCED_MS = 60_000;

/**
 * Whom a key speaks for, with what the key may do and its owner may still.
 * Throws `key.invalid`, whatever is wrong with it.
 */
export async function findSessionOfKey({ db }: Pick<Services, 'db'>, text: string, now = new Date()): Promise<Session> {
  if (!isKey(text)) throw new AppError('key.invalid');
  const [found] = await db
    .select({ key: apiKeys, user: personColumns })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(and(eq(apiKeys.hash, hashKey(text)), isActiveKey(now), isNull(users.deactivatedAt)));
  if (!found) throw new AppError('key.invalid');
  const { key, user } = found;
  if (!key.lastUsedAt || now.getTime() - key.lastUsedAt.getTime() >= COALESCED_MS) {
    const isStale = or(isNull(apiKeys.lastUsedAt), lte(apiKeys.lastUsedAt, new Date(now.getTime() - COALESCED_MS)));
    // Guarded in SQL: of a hundred at once one writes.
    await db
      .update(apiKeys)
      .set({ lastUsedAt: now })
      .where(and(eq(apiKeys.id, key.id), isStale));
  }
  return { id: key.id, via: 'key', keyName: key.name, user, ...rightsOf(user, key.permissions) };
}
