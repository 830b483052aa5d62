import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Approval } from '../../agent/protocol';
import type { Transaction } from '../../db/client';
import { certificates, hostEvents, hostPresence, hosts } from '../../db/schema';
import type { AuditAction } from '../audit/actions';
import { recordAudit } from '../audit/record-audit';
import type { RevocationReason } from '../certificates/der/write-revocation-list';
import { AppError, type AppErrorCode } from '../errors';
import { forgetHealth } from '../health/forget-health';
import { logAct } from '../log';
import type { Acting } from '../trpc';
import { isKnown } from './find-hosts';
import { hostObject, lockApproval } from './host-object';

interface Withdrawal {
  /** As the audit log names it. */
  action: AuditAction;
  to: 'rejected' | 'revoked';
  from: Approval[];
  /** What to say when the host is in none of the `from` states. */
  otherwise: AppErrorCode;
}

/**
 * Rejecting and revoking are one act from two states: the certificates end, the socket closes, the history says who.
 */
export async function withdrawAccess(
  ctx: Acting,
  hostId: string,
  { action, to, from, otherwise }: Withdrawal,
): Promise<void> {
  const { user } = ctx.session;
  const before = await ctx.db.transaction(async (tx) => {
    const before = await lockApproval(tx, hostId);
    const [host] = await tx
      .update(hosts)
      .set({ approval: to, decidedAt: new Date(), decidedBy: user.id })
      .where(and(eq(hosts.id, hostId), inArray(hosts.approval, from)))
      .returning({ id: hosts.id, fqdn: hosts.fqdn });
    if (!host) throw new AppError((await isKnown(tx, hostId)) ? otherwise : 'host.not_found');
    await revokeCertificates(tx, hostId, 'privilege_withdrawn');
    await tx.delete(hostPresence).where(eq(hostPresence.hostId, hostId));
    await forgetHealth(tx, hostId);
    await tx.insert(hostEvents).values({ hostId, kind: to, actor: user.email });
    await recordAudit(tx, ctx, { action, object: hostObject(host), before, after: { approval: to } });
    return before!;
  });
  logAct(ctx, { hostId }, `host ${to}`);
  ctx.events.emit('host.access_withdrawn', { hostId });
  ctx.events.emit('host.approval_changed', { hostId, from: before.approval, to });
}

/** Ends every certificate of a host that still counts. */
export const revokeCertificates = (tx: Transaction, hostId: string, reason: RevocationReason) =>
  tx
    .update(certificates)
    .set({ revokedAt: new Date(), revocationReason: reason })
    .where(and(eq(certificates.hostId, hostId), isNull(certificates.revokedAt)));
