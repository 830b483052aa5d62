import { and, eq, isNull } from 'drizzle-orm';
import { clones, type CloneSide, hostEvents } from '../../db/schema';
import type { Slot } from '../agents/sockets';
import type { Services } from '../services';

/** What is known of the machine at the other end of a connection. */
export function sideOf({ id, address, reservedAt, said }: Slot): CloneSide {
  const side = { id, address, connectedAt: reservedAt.toISOString() };
  if (!said) return side;
  const { fqdn, osName, osVersion, kernel, agentVersion, addresses, bootedAt, hardware } = said;
  const { manufacturer, model, virtualisation } = hardware;
  return {
    ...side,
    said: { fqdn, osName, osVersion, kernel, agentVersion, addresses, bootedAt, hardware: { manufacturer, model, virtualisation } },
  };
}

/**
 * Records that a second machine showed a host's certificate while the first was there. It is one row and one event of
 * the host's history until a person has decided, however often the two meet.
 */
export async function suspectClone(
  { db, events, log, sockets }: Pick<Services, 'db' | 'events' | 'log' | 'sockets'>,
  second: Slot,
): Promise<void> {
  const { hostId } = second;
  const first = sockets.holder(hostId);
  // Gone meanwhile. The second is told to come back, and is judged anew then.
  if (!first) return;
  const isNew = await db.transaction(async (tx) => {
    const [made] = await tx
      .insert(clones)
      .values({ hostId, first: sideOf(first), second: sideOf(second) })
      .onConflictDoNothing()
      .returning({ id: clones.id });
    if (made) await tx.insert(hostEvents).values({ hostId, kind: 'clone_suspected', detail: second.address });
    else {
      await tx
        .update(clones)
        .set({ second: sideOf(second), seenAt: new Date() })
        .where(and(eq(clones.hostId, hostId), isNull(clones.resolvedAt)));
    }
    return made !== undefined;
  });
  if (isNew) log.warn({ hostId, first: first.address, second: second.address }, 'two machines show one certificate');
  // All pages hear of a new one; of what is known already only those that show the host.
  events.emit(isNew ? 'host.clone_changed' : 'host.changed', { hostId });
}
