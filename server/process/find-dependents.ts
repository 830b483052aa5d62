import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { auditRecords, hosts } from '../../db/schema';

/** What in the database hangs on files beside it: hosts that trust the CA, and audit records that the secret sealed. */
export async function findDependents(db: Database): Promise<{ hasApproved: boolean; hasRecords: boolean }> {
  const approved = await db.select({ id: hosts.id }).from(hosts).where(eq(hosts.approval, 'approved')).limit(1);
  const records = await db.select({ id: auditRecords.id }).from(auditRecords).limit(1);
  return { hasApproved: approved.length > 0, hasRecords: records.length > 0 };
}
