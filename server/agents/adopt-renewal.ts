import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import { fingerprintWords } from '../../agent/fingerprint';
import { certificates, hostEnrolments, hostEvents, hosts, renewals } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { readCsr } from '../certificates/der/read-csr';
import type { Services } from '../services';
import { hostObject } from '../hosts/host-object';
import type { AgentIdentity, RefusalByRow } from './agent-identity';

/**
 * A renewed certificate is used for the first time: its key becomes the host's, and what the host had before is
 * superseded. Returns why it may not be used after all, or null.
 */
export async function adoptRenewal(
  { db, audit, authority, events, log }: Services,
  agent: AgentIdentity,
): Promise<RefusalByRow | null> {
  const { hostId, serial, fqdn } = agent;
  const adopted = await db.transaction(async (tx) => {
    // The host's row first, as every act on a host does. It holds back a revocation until all of this is done.
    const [host] = await tx
      .select({ id: hosts.id, fqdn: hosts.fqdn, keyFingerprint: hosts.keyFingerprint })
      .from(hosts)
      .where(and(eq(hosts.id, hostId), eq(hosts.approval, 'approved')))
      .for('update');
    if (!host) return 'host_not_approved';
    const [renewal] = await tx
      .delete(renewals)
      .where(and(eq(renewals.hostId, hostId), eq(renewals.serial, serial)))
      .returning();
    if (!renewal) return (await isStillGood()) ? null : 'certificate_revoked';
    const { publicKeyDer, keyFingerprint } = await readCsr(renewal.csr);
    await tx
      .update(hosts)
      .set({
        keyFingerprint,
        fingerprintWords: fingerprintWords(publicKeyDer, authority.signing.publicKeyDer),
        // Whoever asked for a new key after this one was made meant another.
        renewalRequestedAt: sql`case when ${hosts.renewalRequestedAt} > ${renewal.askedAt.toISOString()}::timestamptz then ${hosts.renewalRequestedAt} end`,
      })
      .where(eq(hosts.id, hostId));
    await tx.update(hostEnrolments).set({ csr: renewal.csr }).where(eq(hostEnrolments.hostId, hostId));
    const superseded = await tx
      .update(certificates)
      .set({ revokedAt: new Date(), revocationReason: 'superseded' })
      .where(and(eq(certificates.hostId, hostId), ne(certificates.serial, serial), isNull(certificates.revokedAt)))
      .returning({ serial: certificates.serial });
    await tx.insert(hostEvents).values({ hostId, kind: 'renewed', detail: 'next_key' });
    await recordAudit(
      tx,
      { audit, agent },
      {
        action: 'host.adoptKey',
        object: hostObject(host),
        before: { keyFingerprint: host.keyFingerprint },
        after: { keyFingerprint, serial },
      },
    );
    return superseded;

    /** Two connections with it at once: the one that came second finds it adopted. */
    async function isStillGood() {
      const rows = await tx
        .select({ serial: certificates.serial })
        .from(certificates)
        .where(and(eq(certificates.serial, serial), isNull(certificates.revokedAt)));
      return rows.length > 0;
    }
  });
  if (!Array.isArray(adopted)) return adopted;
  log.info({ hostId, fqdn, serial }, 'certificate renewed: the former is superseded');
  for (const { serial } of adopted) events.emit('certificate.superseded', { hostId, serial });
  events.emit('host.changed', { hostId });
  return null;
}
