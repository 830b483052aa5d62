import { eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { hosts } from '../../db/schema';
import type { AuditEntry } from '../audit/record-audit';

/** A host as the audit log names it. */
export const hostObject = ({ id, fqdn }: { id: string; fqdn: string }) => ({ kind: 'host', id, label: fqdn });

/** As many ids as the audit log keeps in one record (8 KiB). */
const NAMED = 200;

/**
 * The records of an act on many hosts, which name all of them: one for each of ten thousand would hold the transaction
 * for seconds, and one for all could not name them.
 */
export function recordsNaming(
  concerned: readonly { id: string; fqdn: string }[],
  entry: Pick<AuditEntry, 'action'>,
  after: object,
): AuditEntry[] {
  const parts = Math.max(1, Math.ceil(concerned.length / NAMED));
  return Array.from({ length: parts }, (_, part) => ({
    ...entry,
    ...(concerned.length === 1 && { object: hostObject(concerned[0]!) }),
    after: {
      ...after,
      ...(parts > 1 && { part: part + 1, parts }),
      hostIds: concerned.slice(part * NAMED, (part + 1) * NAMED).map(({ id }) => id),
    },
  }));
}

/** What of a host is worth remembering when it is gone. */
export const auditedState = ({ approval, platform, keyFingerprint, registeredFrom }: typeof hosts.$inferSelect) => ({
  approval,
  platform,
  keyFingerprint,
  registeredFrom,
});

/** How a host is decided on before the change, for the audit log. It stays so until the transaction ends. */
export async function lockApproval(tx: Transaction, hostId: string) {
  const [host] = await tx.select({ approval: hosts.approval }).from(hosts).where(eq(hosts.id, hostId)).for('update');
  return host;
}
