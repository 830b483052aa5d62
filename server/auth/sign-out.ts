import type { Transaction } from '../../db/client';
import { recordAudit } from '../audit/record-audit';
import type { Context } from '../context';
import { announceEnded } from './end-sessions';
import { userObject } from '../users/user-object';

/** Ends the session, its cookie and its live streams. Nothing to do when there is none. */
export async function signOut(ctx: Context): Promise<void> {
  if (!ctx.session) return;
  const cleared = await ctx.db.transaction((tx) => endOwnSession(tx, ctx));
  if (cleared) ctx.setCookie?.(cleared);
  announceEnded(ctx, [ctx.session.id]);
}

/** Ends the session that a request came with, if any. Returns the Set-Cookie header that clears its cookie. */
export async function endOwnSession(tx: Transaction, ctx: Context): Promise<string | null> {
  if (!ctx.session) return null;
  await recordAudit(tx, ctx, { action: 'user.signOut', object: userObject(ctx.session.user) });
  return ctx.sessions.end(ctx.session.id, tx);
}
