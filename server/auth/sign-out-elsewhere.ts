import { recordAudit } from '../audit/record-audit';
import type { SignedIn } from '../trpc';
import { announceEnded, endSessions } from './end-sessions';
import { holdActor } from '../users/hold-user';
import { userObject } from '../users/user-object';

/**
 * Ends one's own sessions but this one, and all one's tokens. One's API keys stay, as the page says: no script may stop
 * because of a forgotten browser. Throws `auth.required` when they have just been shut out.
 */
export async function signOutElsewhere(ctx: SignedIn): Promise<void> {
  const { user } = ctx.session;
  const ended = await ctx.db.transaction(async (tx) => {
    await holdActor(tx, ctx, null);
    const ended = await endSessions(tx, user.id, { except: ctx.session.id });
    await recordAudit(tx, ctx, {
      action: 'profile.signOutElsewhere',
      object: userObject(user),
      after: { ended: ended.length },
    });
    return ended;
  });
  announceEnded(ctx, ended);
}
