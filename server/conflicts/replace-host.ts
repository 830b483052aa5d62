import { and, eq, isNull } from 'drizzle-orm';
import { certificates, clones, hostEnrolments, hostEvents, hostPresence, hosts, renewals } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { issueClientCertificate } from '../certificates/issue-client-certificate';
import { inheritListings } from '../fleets/inherit-listings';
import { forgetHealth } from '../health/forget-health';
import type { SignedIn } from '../trpc';
import { findConflict } from './find-conflict';
import { hostObject } from '../hosts/host-object';
import { revokeCertificates } from '../hosts/withdraw-access';
import { logAct } from '../log';

/**
 * Gives a newcomer the place of the approved host whose name it shares. The host stays the one it was, with its id and
 * its history; its key becomes the newcomer's, whose waiting row is gone. The former key's certificates are withdrawn
 * and its connection is closed. Throws `host.not_conflicting`, `host.no_known_one`, `host.not_found`.
 */
export async function replaceHost(ctx: SignedIn, newcomerId: string): Promise<void> {
  const { user } = ctx.session;
  const known = await ctx.db.transaction(async (tx) => {
    const { newcomer, csr, known } = await findConflict(tx, ctx, newcomerId);
    const hostId = known.id;
    const issued = await issueClientCertificate(ctx.authority, {
      csr,
      hostId,
      fqdn: known.fqdn,
      days: ctx.config.certificates.client_days,
    });
    await revokeCertificates(tx, hostId, 'superseded');
    // The former machine's next key would still find the host by it, and wait for ever for a certificate.
    await tx.delete(renewals).where(eq(renewals.hostId, hostId));
    await tx.update(hostEvents).set({ hostId }).where(eq(hostEvents.hostId, newcomerId));
    await inheritListings(tx, { from: newcomerId, to: hostId });
    // Before its key moves: a key belongs to one row.
    await tx.delete(hosts).where(eq(hosts.id, newcomerId));
    const { keyFingerprint, fingerprintWords, platform, osName, osVersion, agentVersion, addresses } = newcomer;
    const { registeredFrom, enrolmentTokenId } = newcomer;
    await tx
      .update(hosts)
      .set({
        ...{ keyFingerprint, fingerprintWords, platform, osName, osVersion, agentVersion, addresses },
        ...{ registeredFrom, enrolmentTokenId, tags: [...new Set([...known.tags, ...newcomer.tags])] },
        // What the former machine said of itself; this one has yet to say hello.
        ...{ kernel: null, architecture: null, hardware: null, bootedAt: null, reportedFqdn: null },
        ...{ decidedAt: new Date(), decidedBy: user.id, renewalRequestedAt: null },
      })
      .where(eq(hosts.id, hostId));
    await tx.update(hostEnrolments).set({ csr, enrolmentId: newcomerId }).where(eq(hostEnrolments.hostId, hostId));
    await tx.insert(certificates).values({ ...issued, hostId });
    await tx.delete(hostPresence).where(eq(hostPresence.hostId, hostId));
    await forgetHealth(tx, hostId);
    // Whoever shared the former key has no access any more, the one as the other.
    await tx
      .update(clones)
      .set({ resolvedAt: new Date(), resolution: 'replaced' })
      .where(and(eq(clones.hostId, hostId), isNull(clones.resolvedAt)));
    const detail = `${newcomer.fingerprintWords} (${newcomer.registeredFrom})`;
    await tx.insert(hostEvents).values({ hostId, kind: 'replaced', actor: user.email, detail });
    await recordAudit(tx, ctx, {
      action: 'host.replace',
      object: hostObject(known),
      before: { keyFingerprint: known.keyFingerprint },
      after: { keyFingerprint, serial: issued.serial, newcomer: newcomerId },
    });
    return known;
  });
  logAct(ctx, { hostId: known.id, newcomerId, fqdn: known.fqdn }, 'host replaced');
  // First of all: the former machine's socket is to be gone before its successor connects.
  ctx.events.emit('host.access_withdrawn', { hostId: known.id });
  ctx.events.emit('host.approval_changed', { hostId: known.id, from: 'approved', to: 'approved' });
  ctx.events.emit('host.deleted', { hostId: newcomerId, from: 'conflict' });
}
