import { eq } from 'drizzle-orm';
import { hosts } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { hostObject } from './host-object';

/** Changes what people, and not the machine, say of a host. Throws `host.not_found`. */
export async function updateHost(ctx: SignedIn, { hostId, notes }: { hostId: string; notes: string }): Promise<void> {
  const host = await ctx.db.transaction(async (tx) => {
    const [before] = await tx
      .select({ id: hosts.id, fqdn: hosts.fqdn, notes: hosts.notes })
      .from(hosts)
      .where(eq(hosts.id, hostId))
      .for('update');
    if (!before) throw new AppError('host.not_found');
    await tx.update(hosts).set({ notes }).where(eq(hosts.id, hostId));
    await recordAudit(tx, ctx, {
      action: 'host.update',
      object: hostObject(before),
      before: { notes: before.notes },
      after: { notes },
    });
    return before;
  });
  ctx.log.info({ hostId, fqdn: host.fqdn, by: ctx.session.user.email }, 'host notes changed');
  ctx.events.emit('host.changed', { hostId });
}
