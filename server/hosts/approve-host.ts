import { and, eq, inArray } from 'drizzle-orm';
import { violates } from '../../db/errors';
import { certificates, hostEvents, hosts } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { issueClientCertificate } from '../certificates/issue-client-certificate';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { isKnown } from './find-hosts';
import { hostObject, lockApproval } from './host-object';

/**
 * Lets a waiting host in: signs the CSR it registered and wakes the agent. A rejected one may be let in after all, and
 * one in conflict once no approved host has its name. Throws `host.not_pending`, `host.name_taken`, `host.not_found`.
 */
export async function approveHost(ctx: SignedIn, hostId: string): Promise<void> {
  const { user } = ctx.session;
  const host = await ctx.db.transaction(async (tx) => {
    const before = await lockApproval(tx, hostId);
    // Guarded in SQL: two people may press the button, and only one certificate may exist.
    const [host] = await tx
      .update(hosts)
      .set({ approval: 'approved', decidedAt: new Date(), decidedBy: user.id })
      .where(and(eq(hosts.id, hostId), inArray(hosts.approval, ['pending', 'conflict', 'rejected'])))
      .returning();
    if (!host) throw new AppError((await isKnown(tx, hostId)) ? 'host.not_pending' : 'host.not_found');
    // Whoever else waits under this name can now only be approved by a person who has looked twice.
    const namesakes = await tx
      .update(hosts)
      .set({ approval: 'conflict' })
      .where(and(eq(hosts.fqdn, host.fqdn), eq(hosts.approval, 'pending')))
      .returning({ id: hosts.id });
    const issued = await issueClientCertificate(ctx.authority, {
      csr: host.csr,
      hostId,
      fqdn: host.fqdn,
      days: ctx.config.certificates.client_days,
    });
    await tx.insert(certificates).values({ ...issued, hostId });
    await tx.insert(hostEvents).values({ hostId, kind: 'approved', actor: user.email });
    await recordAudit(tx, ctx, { action: 'host.approve', object: hostObject(host), before, after: { approval: 'approved', serial: issued.serial } });
    return { ...host, namesakes };
  }).catch((error: unknown) => {
    // The index `host_fqdn_approved` decides, also between two approvals at once.
    throw violates(error, 'host_fqdn_approved') ? new AppError('host.name_taken', { cause: error }) : error;
  });
  ctx.log.info({ hostId, fqdn: host.fqdn, by: user.email }, 'host approved');
  for (const { id } of [host, ...host.namesakes]) ctx.events.emit('host.approval_changed', { hostId: id });
}
