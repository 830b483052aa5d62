import { eq } from 'drizzle-orm';
import { users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import type { SignedIn } from '../trpc';
import { holdActor } from './hold-user';
import { userObject } from './user-object';

/**
 * Changes what is one's own to say of oneself; what is left out stays. Throws `auth.required` when they have just been
 * shut out.
 * @param changes.language BCP 47; null: as the browser asks
 */
export async function updateProfile(
  ctx: SignedIn,
  changes: { name?: string | undefined; language?: string | null | undefined },
): Promise<void> {
  const { id } = ctx.session.user;
  await ctx.db.transaction(async (tx) => {
    // What the session holds was read as the request began; another may have changed it since.
    const user = await holdActor(tx, ctx, null);
    const before = { name: user.name, language: user.language };
    const { name = before.name, language = before.language } = changes;
    if (name === before.name && language === before.language) return;
    const after = { name, language };
    await tx.update(users).set(after).where(eq(users.id, id));
    await recordAudit(tx, ctx, { action: 'profile.update', object: userObject(user), before, after });
  });
}
