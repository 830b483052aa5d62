import { eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { healthFindings, hosts } from '../../db/schema';

/** Nothing is known any more of how a host is: it may not connect, or another machine takes its place. */
export async function forgetHealth(tx: Transaction, hostId: string): Promise<void> {
  await tx.update(hosts).set({ health: null, healthSince: null, healthReason: null }).where(eq(hosts.id, hostId));
  await tx.delete(healthFindings).where(eq(healthFindings.hostId, hostId));
}
