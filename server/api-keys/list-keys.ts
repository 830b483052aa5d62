import { desc, eq } from 'drizzle-orm';
import { apiKeys } from '../../db/schema';
import type { SignedIn } from '../trpc';
import { isActiveKey, keyState } from './key-state';

const SHOWN = 200;

/** The caller's keys, those that work first, then the latest first, 200 at most. Instants are ISO 8601. */
export async function listKeys({ db, session }: SignedIn, now = new Date()) {
  // At most 50 work. One that does must never be out of sight of whoever may want to revoke it.
  const rows = await db
    .select()
    .from(apiKeys)
    .where(eq(apiKeys.userId, session.user.id))
    .orderBy(desc(isActiveKey(now)), desc(apiKeys.id))
    .limit(SHOWN);
  return rows.map(({ id, name, prefix, permissions, createdAt, expiresAt, lastUsedAt, revokedAt }) => ({
    id,
    name,
    prefix,
    // Those of before a demotion are listed too, though they no longer count.
    permissions,
    state: keyState({ revokedAt, expiresAt }, now),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }));
}
