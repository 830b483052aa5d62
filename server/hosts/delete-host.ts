import { eq } from 'drizzle-orm';
import { hosts } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { Acting } from '../trpc';
import { auditedState, hostObject } from './host-object';
import { revokeCertificates } from './withdraw-access';

/**
 * Forgets a host and ends its connection. Its certificates stay known as revoked. A machine that comes back with the
 * same key is pending again. Throws `host.not_found`.
 */
export async function deleteHost(ctx: Acting, hostId: string): Promise<void> {
  const host = await ctx.db.transaction(async (tx) => {
    // The host's row first, as every other act does: in another order two acts at once wait for each other, or a
    // certificate that is just being signed stays unrevoked.
    const [host] = await tx.select().from(hosts).where(eq(hosts.id, hostId)).for('update');
    if (!host) throw new AppError('host.not_found');
    await revokeCertificates(tx, hostId, 'cessation_of_operation');
    await tx.delete(hosts).where(eq(hosts.id, hostId));
    await recordAudit(tx, ctx, { action: 'host.delete', object: hostObject(host), before: auditedState(host) });
    return host;
  });
  logAct(ctx, { hostId, fqdn: host.fqdn }, 'host deleted');
  ctx.events.emit('host.access_withdrawn', { hostId });
  ctx.events.emit('host.deleted', { hostId, from: host.approval });
}
