import { desc, eq } from 'drizzle-orm';
import { apiKeys } from '../../db/schema';
import type { SignedIn } from '../trpc';

const SHOWN = 200;

/** The caller's keys, latest first, the last 200 of them. Instants are ISO 8601. */
export async function listKeys({ db, session }: SignedIn, now = new Date()) {
  const rows = await db.select().from(apiKeys).where(eq(apiKeys.userId, session.user.id)).orderBy(desc(apiKeys.id)).limit(SHOWN);
  return rows.map(({ id, name, prefix, permissions, createdAt, expiresAt, lastUsedAt, revokedAt }) => ({
    id,
    name,
    prefix,
    // Those of before a demotion are listed too, though they no longer count.
    permissions,
    state: revokedAt ? ('revoked' as const) : expiresAt <= now ? ('expired' as const) : ('active' as const),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }));
}
