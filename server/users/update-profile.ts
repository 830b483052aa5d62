import { eq } from 'drizzle-orm';
import { users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import type { SignedIn } from '../trpc';
import { holdActor } from './hold-user';
import { userObject } from './user-object';

/**
 * Changes what is one's own to say of oneself. Throws `auth.required` when they have just been shut out.
 * @param language BCP 47; null: as the browser asks
 */
export async function updateProfile(ctx: SignedIn, changes: { name: string; language: string | null }): Promise<void> {
  const { id } = ctx.session.user;
  await ctx.db.transaction(async (tx) => {
    // What the session holds was read as the request began; another may have changed it since.
    const user = await holdActor(tx, ctx, null);
    const { name, language } = user;
    if (changes.name === name && changes.language === language) return;
    await tx.update(users).set(changes).where(eq(users.id, id));
    await recordAudit(tx, ctx, {
      action: 'profile.update',
      object: userObject(user),
      before: { name, language },
      after: changes,
    });
  });
}
