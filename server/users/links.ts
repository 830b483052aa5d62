import { createHash, randomBytes } from 'node:crypto';
import { and, eq, gt } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { userLinks, users } from '../../db/schema';

const LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

/** A link as it is handed over, once: only its hash is kept. */
export interface OneTimeLink {
  token: string;
  /** ISO 8601. */
  expiresAt: string;
}

/** What a link of theirs is for. */
export const purposeOf = ({ passwordHash }: { passwordHash: string | null }) =>
  passwordHash === null ? ('invitation' as const) : ('reset' as const);

/** Where a link leads on the pages. */
export const linkPath = (purpose: 'invitation' | 'reset', { token }: { token: string }) =>
  `/${purpose === 'invitation' ? 'invitation' : 'reset-password'}?token=${token}`;

/**
 * A new link for a person to choose a password with. The one before, if any, is dead.
 * @param createdBy who is shown it; null for whoever is at the server's own files
 */
export async function makeLink(
  tx: Transaction,
  { userId, createdBy }: { userId: string; createdBy: string | null },
  now: Date,
): Promise<OneTimeLink> {
  const token = randomBytes(24).toString('base64url');
  const link = { hash: hashToken(token), createdBy, expiresAt: new Date(now.getTime() + LIFETIME_MS) };
  await tx
    .insert(userLinks)
    .values({ userId, ...link })
    .onConflictDoUpdate({ target: userLinks.userId, set: link });
  return { token, expiresAt: link.expiresAt.toISOString() };
}

/** Whose link this is, or null when it does not work or no longer. */
export async function findLink(db: Database | Transaction, token: string, now: Date) {
  const [found] = await db
    .select({ user: users, expiresAt: userLinks.expiresAt })
    .from(userLinks)
    .innerJoin(users, eq(users.id, userLinks.userId))
    .where(and(eq(userLinks.hash, hashToken(token)), gt(userLinks.expiresAt, now)));
  return found && !found.user.deactivatedAt ? found : null;
}

export const isLinkOf = (userId: string, token: string) =>
  and(eq(userLinks.userId, userId), eq(userLinks.hash, hashToken(token)));

/** What is kept of a link's token, and of the setup link's. 192 random bits need no salt and no slow hash. */
export const hashToken = (token: string) => createHash('sha256').update(token).digest('hex');
