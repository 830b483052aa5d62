import { eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { hosts } from '../../db/schema';

/** A host as the audit log names it. */
export const hostObject = ({ id, fqdn }: { id: string; fqdn: string }) => ({ kind: 'host', id, label: fqdn });

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
