import { and, eq } from 'drizzle-orm';
import type { Transaction } from '../../db/client';
import { fleetDue, fleetMembers } from '../../db/schema';

/** A host that becomes another one brings along the fleets that its enrolment token listed it in. */
export async function inheritListings(tx: Transaction, { from, to }: { from: string; to: string }): Promise<void> {
  const listed = await tx
    .select()
    .from(fleetMembers)
    .where(and(eq(fleetMembers.hostId, from), eq(fleetMembers.kind, 'listed')));
  if (listed.length === 0) return;
  await tx
    .insert(fleetMembers)
    .values(listed.map((member) => ({ ...member, hostId: to })))
    // What a person has decided of the host stays.
    .onConflictDoNothing();
  await tx.insert(fleetDue).values({ hostId: to });
}
