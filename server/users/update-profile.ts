import { eq } from 'drizzle-orm';
import { users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import type { SignedIn } from '../trpc';
import { userObject } from './user-object';

/**
 * Changes what is one's own to say of oneself.
 * @param language BCP 47; null: as the browser asks
 */
export async function updateProfile(ctx: SignedIn, changes: { name: string; language: string | null }): Promise<void> {
  const { user } = ctx.session;
  await ctx.db.transaction(async (tx) => {
    const { name, language } = user;
    await tx.update(users).set(changes).where(eq(users.id, user.id));
    await recordAudit(tx, ctx, { action: 'profile.update', object: userObject(user), before: { name, language }, after: changes });
  });
}
