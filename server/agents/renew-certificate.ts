import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { Renewal } from '../../agent/protocol';
import type { Transaction } from '../../db/client';
import { certificates, hosts, renewals } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { issueClientCertificate } from '../certificates/issue-client-certificate';
import { readCsr } from '../certificates/der/read-csr';
import { renewalWindow } from '../certificates/validity';
import { AppError } from '../errors';
import { hostObject } from '../hosts/host-object';
import { logAct } from '../log';
import type { ConnectedAgent } from '../trpc';

/**
 * Signs a connected host's next key, PEM. The certificate it is connected with counts until the new one has been used
 * once. One renewal waits at a time: the same key gets the same answer again, another takes its place.
 * Throws `agent.csr_invalid`, `agent.key_known`, `agent.not_approved`, `agent.too_many_renewals`.
 */
export async function renewCertificate(
  ctx: ConnectedAgent,
  { csr }: Renewal,
  now = new Date(),
): Promise<{ certificate: string }> {
  const { hostId, fqdn, serial } = ctx.agent;
  await ctx.limits.renewals.take(hostId);
  const { keyFingerprint } = await readCsr(csr);
  const { pem, replaced, isNew } = await ctx.db.transaction(async (tx) => {
    await lockHost(tx, ctx.agent);
    if (await isSomebodys(tx, hostId, keyFingerprint)) throw new AppError('agent.key_known');
    const [waiting] = await tx
      .select({ key: renewals.keyFingerprint, certificate: certificates })
      .from(renewals)
      .innerJoin(certificates, eq(certificates.serial, renewals.serial))
      .where(eq(renewals.hostId, hostId));
    if (waiting?.key === keyFingerprint && now < renewalWindow(waiting.certificate).from) {
      return { pem: waiting.certificate.pem, replaced: undefined, isNew: false };
    }
    const issued = await issueClientCertificate(ctx.authority, {
      csr,
      hostId,
      fqdn,
      days: ctx.config.certificates.client_days,
      now,
    });
    await tx.insert(certificates).values({ ...issued, hostId });
    const renewal = { serial: issued.serial, csr, keyFingerprint, askedAt: sql`now()` };
    await tx
      .insert(renewals)
      .values({ hostId, ...renewal })
      .onConflictDoUpdate({ target: renewals.hostId, set: renewal });
    if (waiting) {
      await tx
        .update(certificates)
        .set({ revokedAt: new Date(), revocationReason: 'superseded' })
        .where(eq(certificates.serial, waiting.certificate.serial));
    }
    await recordAudit(tx, ctx, {
      action: 'agent.renewCertificate',
      object: hostObject({ id: hostId, fqdn }),
      before: { serial, waiting: waiting?.certificate.serial ?? null },
      after: { serial, waiting: issued.serial },
    });
    return { pem: issued.pem, replaced: waiting?.certificate.serial, isNew: true };
  });
  if (replaced) ctx.events.emit('certificate.superseded', { hostId, serial: replaced });
  if (isNew) logAct(ctx, { hostId, fqdn, serial }, 'certificate for the next key issued');
  return { certificate: pem };
}

/** The host's row first, and whether what it is connected with still counts: a socket may outlive that by a moment. */
async function lockHost(tx: Transaction, { hostId, serial }: ConnectedAgent['agent']): Promise<void> {
  const [host] = await tx
    .select({ id: hosts.id })
    .from(hosts)
    .where(and(eq(hosts.id, hostId), eq(hosts.approval, 'approved')))
    .for('update');
  const [shown] = await tx
    .select({ serial: certificates.serial })
    .from(certificates)
    .where(and(eq(certificates.serial, serial), isNull(certificates.revokedAt)));
  if (!host || !shown) throw new AppError('agent.not_approved');
}

/** A key that a host has already, also this one, is no next key; one that waits as another's is that one's. */
async function isSomebodys(tx: Transaction, hostId: string, keyFingerprint: string): Promise<boolean> {
  const [owner] = await tx.select({ id: hosts.id }).from(hosts).where(eq(hosts.keyFingerprint, keyFingerprint));
  const [other] = await tx
    .select({ hostId: renewals.hostId })
    .from(renewals)
    .where(and(eq(renewals.keyFingerprint, keyFingerprint), ne(renewals.hostId, hostId)));
  return owner !== undefined || other !== undefined;
}
