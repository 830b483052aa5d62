import { eq } from 'drizzle-orm';
import { userLinks, users } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { hashPassword } from '../auth/password';
import { refuseWeakPassword } from '../auth/password-rule';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { Context } from '../context';
import { forgetFailures } from '../auth/account-lock';
import { endGrants, holdLinks } from './end-grants';
import { announceEnded, endSessions } from '../auth/end-sessions';
import { findLink, isLinkOf, purposeOf } from './links';
import { endOwnSession } from '../auth/sign-out';
import { userObject } from './user-object';

/** Whose link it is and what it is for, for whoever holds it. Throws `link.closed`. */
export async function readLink({ db }: Context, token: string, now = new Date()) {
  const found = await findLink(db, token, now);
  if (!found) throw new AppError('link.closed');
  const { email, name } = found.user;
  return { email, name, purpose: purposeOf(found.user), expiresAt: found.expiresAt.toISOString() };
}

/**
 * Sets the password of whose link it is, and signs them in. All their sessions end and all they gave out, a lock of the
 * account too: whoever was in by the old password is out. Throws `link.closed`, `password.common`, `password.is_email`.
 * @param name theirs, where they may choose it
 */
export async function useLink(
  ctx: Context,
  { token, password, name }: { token: string; password: string; name?: string },
  now = new Date(),
): Promise<void> {
  // Before the slow hash: whoever has no link must not keep the processor busy.
  const { email } = await readLink(ctx, token, now);
  await refuseWeakPassword(password, email);
  const passwordHash = await hashPassword(password);
  const { user, cookie, ended } = await ctx.db.transaction(async (tx) => {
    const found = await findLink(tx, token, now);
    // The user's row first, as every other act does.
    const [user] = found ? await tx.select().from(users).where(eq(users.id, found.user.id)).for('update') : [];
    if (user) await holdLinks(tx, user.id);
    // Taking the row is what decides between two requests with the same link; the second one finds nothing.
    const taken =
      user && !user.deactivatedAt ? await tx.delete(userLinks).where(isLinkOf(user.id, token)).returning() : [];
    if (!user || taken.length === 0) throw new AppError('link.closed');
    const ended = await endSessions(tx, user.id, { now });
    const grants = await endGrants(tx, user.id, now);
    await tx
      .update(users)
      .set({ passwordHash, lastSignInAt: now, ...(name && { name }) })
      .where(eq(users.id, user.id));
    await forgetFailures(tx, ctx.config, user.email, now);
    const actor = { kind: 'person' as const, id: user.id, label: user.email };
    await recordAudit(
      tx,
      { ...ctx, session: null },
      {
        action: 'user.useLink',
        actor,
        object: userObject(user),
        after: { purpose: purposeOf(user), ...grants, ...(name && { name }) },
      },
    );
    // Of whoever sits there, which need not be theirs.
    await endOwnSession(tx, ctx);
    return { user, cookie: await ctx.sessions.start(user.id, ctx, tx), ended };
  });
  // Not the act of whoever sits there signed in.
  logAct({ ...ctx, session: null }, { userId: user.id, email }, 'password chosen by a one-time link');
  announceEnded(ctx, ctx.session ? [...ended, ctx.session.id] : ended);
  ctx.setCookie?.(cookie);
  ctx.setCookie?.(ctx.knownDevices.makeCookie(user, now));
}
