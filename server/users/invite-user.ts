import { violates } from '../../db/errors';
import { users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import type { Role } from '../auth/permissions';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { holdActor, refuseWider } from './hold-user';
import { makeLink, type OneTimeLink } from './links';
import { userObject } from './user-object';

/**
 * Makes an account that nobody can sign in to yet, and the link its person chooses a password with. Throws
 * `key.too_wide`, `user.email_taken`.
 */
export async function inviteUser(
  ctx: SignedIn,
  { email, name, role }: { email: string; name: string; role: Role },
  now = new Date(),
): Promise<{ userId: string; link: OneTimeLink }> {
  const invited = await ctx.db
    .transaction(async (tx) => {
      await holdActor(tx, ctx, 'users.manage');
      await refuseWider(tx, ctx, role);
      const [user] = await tx.insert(users).values({ email, name, role }).returning();
      await recordAudit(tx, ctx, { action: 'user.invite', object: userObject(user!), after: { name, role } });
      return { userId: user!.id, link: await makeLink(tx, { userId: user!.id, createdBy: ctx.session.user.id }, now) };
    })
    .catch((error: unknown) => {
      throw violates(error, 'user_email_unique') ? new AppError('user.email_taken', { cause: error }) : error;
    });
  ctx.log.info({ userId: invited.userId, email, role, by: ctx.session.user.email }, 'user invited');
  return invited;
}
