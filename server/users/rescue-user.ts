import { forgetFailures } from '../auth/account-lock';
import { type Actor, recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import type { Services } from '../services';
import { holdByEmail } from './hold-user';
import { linkPath, makeLink, type OneTimeLink, purposeOf } from './links';
import { userObject } from './user-object';

/**
 * A one-time link for somebody whom nobody else can let in again, and the end of their lock, for whoever is at the
 * server's own files. The password holds until the link is used. Throws `user.deactivated`, `user.not_found`.
 * @returns the link, and where it leads on the pages
 */
export async function rescueUser(
  { db, config, ...who }: Pick<Services, 'db' | 'config'> & Actor,
  email: string,
  now = new Date(),
): Promise<OneTimeLink & { path: string }> {
  return db.transaction(async (tx) => {
    const user = await holdByEmail(tx, email);
    if (user.deactivatedAt) throw new AppError('user.deactivated');
    await forgetFailures(tx, config, user.email, now);
    await recordAudit(tx, who, { action: 'user.rescue', object: userObject(user) });
    const link = await makeLink(tx, { userId: user.id, createdBy: null }, now);
    return { ...link, path: linkPath(purposeOf(user), link) };
  });
}
