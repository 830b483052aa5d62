import { eq } from 'drizzle-orm';
import { certificates, hosts, renewals } from '../../db/schema';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Database } from '../../db/client';
import {
  type Verification,
  type VerifiedCertificate,
  verifyClientCertificate,
} from '../certificates/verify-client-certificate';
import type { Services } from '../services';
import type { AgentIdentity, AgentRefusal } from './agent-identity';

/**
 * What was found good of a connection, and by which CAs. TLS 1.3 never asks for another certificate on the same one.
 */
const verified = new WeakMap<
  object,
  { shown: Verification & { ok: true }; anchors: Services['authority']['anchors'] }
>();

/** What the certificate at the other end says by its own bytes, which are read once a TLS connection. */
export function verifyPeer({ authority }: Pick<Services, 'authority'>, request: IncomingMessage): Verification {
  const known = verified.get(request.socket);
  if (known && known.anchors === authority.anchors && known.shown.notAfter > new Date()) return known.shown;
  // `socket.authorized` is not asked: a TLS 1.3 session resumed without any certificate reads true there.
  const certificate = (request.socket as TLSSocket).getPeerX509Certificate()?.raw;
  const shown = verifyClientCertificate(authority, certificate, new Date());
  if (shown.ok) verified.set(request.socket, { shown, anchors: authority.anchors });
  return shown;
}

/**
 * Who makes an HTTP request, by the same two questions that a connection is asked. Costs no query without a certificate
 * of ours.
 */
export async function identifyPeer(services: Pick<Services, 'authority' | 'db'>, request: IncomingMessage) {
  const shown = verifyPeer(services, request);
  if (!shown.ok) return { agent: null, agentRefusal: { reason: shown.reason, clock: shown.clock } };
  const agent = await authenticateAgent(services.db, shown);
  return 'reason' in agent ? { agent: null, agentRefusal: agent } : { agent, agentRefusal: null };
}

/**
 * Whether the holder of a certificate that our CA signed may connect now. A good signature is not enough:
 * the serial, the key and the host must be those of our rows, and the host must still be approved. While a renewal is
 * under way the host has two keys: the one it had, and the one of the single certificate that waits for its first use.
 */
export async function authenticateAgent(
  db: Database,
  shown: VerifiedCertificate,
): Promise<AgentIdentity | AgentRefusal> {
  const [row] = await db
    .select({
      revokedAt: certificates.revokedAt,
      certificateKey: certificates.keyFingerprint,
      notBefore: certificates.notBefore,
      notAfter: certificates.notAfter,
      hostKey: hosts.keyFingerprint,
      nextKey: renewals.keyFingerprint,
      approval: hosts.approval,
      hostId: hosts.id,
      fqdn: hosts.fqdn,
    })
    .from(certificates)
    .innerJoin(hosts, eq(hosts.id, certificates.hostId))
    .leftJoin(renewals, eq(renewals.serial, certificates.serial))
    .where(eq(certificates.serial, shown.serial));
  const holder = { hostId: shown.hostId, serial: shown.serial };
  if (!row || row.hostId !== shown.hostId) return { reason: 'unknown_serial', ...holder };
  const { hostId, fqdn, notBefore, notAfter } = row;
  if (row.revokedAt) return { reason: 'certificate_revoked', ...holder, fqdn };
  const isHosts = row.hostKey === shown.keyFingerprint;
  const isRenewal = !isHosts && row.nextKey === shown.keyFingerprint;
  if (row.certificateKey !== shown.keyFingerprint || !(isHosts || isRenewal))
    return { reason: 'another_key', ...holder, fqdn };
  if (row.approval !== 'approved') return { reason: 'host_not_approved', ...holder, fqdn };
  return { hostId, fqdn, serial: shown.serial, notBefore, notAfter, isRenewal };
}
