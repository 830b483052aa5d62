import { eq } from 'drizzle-orm';
import { violates } from '../../db/errors';
import { userLinks, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { permissionsOf, type Role } from '../auth/permissions';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';
import { endLinksMadeBy, revokeApprovingTokens } from './end-grants';
import { holdUser, holdUserToDemote, refuseWider } from './hold-user';
import { userObject } from './user-object';

const AUDITED = { email: users.email, name: users.name, role: users.role };
const FIELDS = Object.keys(AUDITED) as (keyof typeof AUDITED)[];

type Person = { email: string; name: string; role: Role };

/**
 * Changes what is known of a user and what they may do, from their next request on. With another e-mail their one-time
 * link is dead. What is left out, or is so already, stays as it is.
 * Throws `key.too_wide`, `user.changed_meanwhile`, `user.email_taken`, `user.last_administrator`, `user.not_found`.
 * @param was what the caller saw before. A part that somebody has changed since is not overwritten by who has not seen
 * it.
 */
export async function updateUser(
  ctx: SignedIn,
  { userId, was = {}, ...changes }: { userId: string; was?: Partial<Person> } & Partial<Person>,
): Promise<void> {
  const isChanged = await ctx.db
    .transaction(async (tx) => {
      const keepsRole = changes.role === undefined || changes.role === 'administrator';
      const user = keepsRole ? await holdUser(tx, ctx, userId) : await holdUserToDemote(tx, ctx, userId);
      const { email, name, role } = user;
      const before = { email, name, role };
      // No mistake, but nothing to tell anybody of either: a record would say that something was done.
      const changed = FIELDS.filter((field) => changes[field] !== undefined && changes[field] !== before[field]);
      if (changed.length === 0) return false;
      if (changed.some((field) => was[field] !== undefined && was[field] !== before[field]))
        throw new AppError('user.changed_meanwhile');
      // A role gives what it may, and the e-mail is what its person signs in by. To take rights away one needs none of
      // them.
      if (changed.includes('role')) await refuseWider(tx, ctx, changes.role!);
      if (changed.includes('email')) await refuseWider(tx, ctx, user.role, ...user.grantedRoles);
      // What only an administrator may give out must not make one of somebody who no longer is.
      const made = !keepsRole && user.role === 'administrator' ? await endLinksMadeBy(tx, userId) : 0;
      // Their own was handed over for the person of the former address, and sets the password of whoever has the new
      // one.
      const isMoved = changes.email !== undefined && changes.email.toLowerCase() !== user.email.toLowerCase();
      const own = isMoved
        ? await tx.delete(userLinks).where(eq(userLinks.userId, userId)).returning({ userId: userLinks.userId })
        : [];
      const linksEnded = made + own.length;
      const enrolmentTokensRevoked =
        changes.role && !permissionsOf(changes.role).has('hosts.approve')
          ? await revokeApprovingTokens(tx, userId, new Date())
          : 0;
      const [after] = await tx.update(users).set(changes).where(eq(users.id, userId)).returning(AUDITED);
      await recordAudit(tx, ctx, {
        action: 'user.update',
        object: userObject(user),
        before,
        after: {
          ...after,
          ...(linksEnded && { linksEnded }),
          ...(enrolmentTokensRevoked && { enrolmentTokensRevoked }),
        },
      });
      return true;
    })
    .catch((error: unknown) => {
      throw violates(error, 'user_email_unique') ? new AppError('user.email_taken', { cause: error }) : error;
    });
  if (!isChanged) return;
  logAct(ctx, { userId, ...changes }, 'user changed');
  ctx.events.emit('user.changed', { userId });
}
