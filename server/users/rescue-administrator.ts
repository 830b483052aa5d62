import { and, eq, isNull } from 'drizzle-orm';
import { lowerEmail, users } from '../../db/schema';
import { type Actor, recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import type { Services } from '../services';
import { forgetFailures } from '../auth/account-lock';
import { makeLink, type OneTimeLink, purposeOf } from './links';
import { userObject } from './user-object';

/**
 * A one-time link for an administrator whom nobody else can let in again, and the end of their lock, for whoever is at
 * the server's own files. The password holds until the link is used. Throws `user.not_found` for who is no active
 * administrator.
 * @returns the link, and where it leads on the pages
 */
export async function rescueAdministrator(
  { db, config, ...who }: Pick<Services, 'db' | 'config'> & Actor,
  email: string,
  now = new Date(),
): Promise<OneTimeLink & { path: string }> {
  return db.transaction(async (tx) => {
    const [user] = await tx
      .select()
      .from(users)
      .where(
        and(
          eq(lowerEmail(users.email), email.toLowerCase()),
          eq(users.role, 'administrator'),
          isNull(users.deactivatedAt),
        ),
      )
      .for('update');
    if (!user) throw new AppError('user.not_found');
    await forgetFailures(tx, config, user.email, now);
    await recordAudit(tx, who, { action: 'user.rescue', object: userObject(user) });
    const link = await makeLink(tx, { userId: user.id, createdBy: null }, now);
    return {
      ...link,
      path: `/${purposeOf(user) === 'invitation' ? 'invitation' : 'reset-password'}?token=${link.token}`,
    };
  });
}
