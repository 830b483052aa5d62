import { eq } from 'drizzle-orm';
import { certificates, hosts } from '../../db/schema';
import type { Database } from '../../db/client';
import type { VerifiedCertificate } from '../certificates/verify-client-certificate';

/** The host behind a connection, as its certificate and our own rows say. */
export interface AgentIdentity {
  hostId: string;
  fqdn: string;
  /** Of the certificate it showed, upper-case hex. */
  serial: string;
}

export type RefusalByRow = 'unknown_serial' | 'certificate_revoked' | 'another_key' | 'host_not_approved';

/**
 * Whether the holder of a certificate that our CA signed may connect now. A good signature is not enough:
 * the serial, the key and the host must be those of our rows, and the host must still be approved.
 */
export async function authenticateAgent(db: Database, shown: VerifiedCertificate): Promise<AgentIdentity | RefusalByRow> {
  const [row] = await db
    .select({
      revokedAt: certificates.revokedAt,
      certificateKey: certificates.keyFingerprint,
      hostKey: hosts.keyFingerprint,
      approval: hosts.approval,
      hostId: hosts.id,
      fqdn: hosts.fqdn,
    })
    .from(certificates)
    .innerJoin(hosts, eq(hosts.id, certificates.hostId))
    .where(eq(certificates.serial, shown.serial));
  if (!row || row.hostId !== shown.hostId) return 'unknown_serial';
  if (row.revokedAt) return 'certificate_revoked';
  if (row.certificateKey !== shown.keyFingerprint || row.hostKey !== shown.keyFingerprint) return 'another_key';
  if (row.approval !== 'approved') return 'host_not_approved';
  return { hostId: row.hostId, fqdn: row.fqdn, serial: shown.serial };
}
