import { eq, sql } from 'drizzle-orm';
import { discoverySwitches } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';

/**
 * Lets all processes tell agents where this server is, or stop it. Throws `discovery.already` when that is so already.
 */
export async function switchDiscovery(ctx: SignedIn, isOn: boolean): Promise<void> {
  const changedBy = ctx.session.via === 'key' ? null : ctx.session.user.id;
  await ctx.db.transaction(async (tx) => {
    // Without a row it is on. Guarded in SQL: of two who switch it at once one is told.
    if (!isOn) await tx.insert(discoverySwitches).values({ isOn: true }).onConflictDoNothing();
    const changed = await tx
      .update(discoverySwitches)
      .set({ isOn, changedBy, changedAt: sql`now()` })
      .where(eq(discoverySwitches.isOn, !isOn))
      .returning();
    if (changed.length === 0) throw new AppError('discovery.already');
    await recordAudit(tx, ctx, {
      action: 'discovery.switch',
      object: { kind: 'discovery', id: null, label: null },
      before: { isOn: !isOn },
      after: { isOn },
    });
  });
  ctx.events.emit('discovery.switched', { by: ctx.session.user.id });
  logAct(ctx, { isOn }, 'discovery switched');
}
