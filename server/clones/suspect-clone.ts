import { and, eq, isNull } from 'drizzle-orm';
import { clones, type CloneSide, hostEvents, hosts } from '../../db/schema';
import type { Slot } from '../agents/sockets';
import { recordAudit } from '../audit/record-audit';
import type { Services } from '../services';
import { hostObject } from '../hosts/host-object';

/** What is known of the machine at the other end of a connection. */
export function sideOf({ id, address, reservedAt, said }: Slot): CloneSide {
  const side = { id, address, connectedAt: reservedAt.toISOString() };
  if (!said) return side;
  const { fqdn, osName, osVersion, kernel, agentVersion, addresses, bootedAt, hardware } = said;
  const { manufacturer, model, virtualisation } = hardware;
  return {
    ...side,
    said: {
      fqdn,
      osName,
      osVersion,
      kernel,
      agentVersion,
      addresses,
      bootedAt,
      hardware: { manufacturer, model, virtualisation },
    },
  };
}

/** A side as the audit log names it: what the machine says of itself stands with the host. */
const placeOf = ({ address, reservedAt, serial }: Slot) => ({ address, connectedAt: reservedAt.toISOString(), serial });

/**
 * Records that a second machine showed a host's certificate while the first was there. It is one row, one record and
 * one event of the host's history until a person has decided, however often the two meet.
 */
export async function suspectClone(
  { db, audit, events, log, sockets }: Pick<Services, 'db' | 'audit' | 'events' | 'log' | 'sockets'>,
  second: Slot,
): Promise<void> {
  const { hostId } = second;
  const first = sockets.holder(hostId);
  // Gone meanwhile. The second is told to come back, and is judged anew then.
  if (!first) return;
  const isNew = await db.transaction(async (tx) => {
    // The host's row first, as every other act does.
    const [host] = await tx
      .select({ id: hosts.id, fqdn: hosts.fqdn })
      .from(hosts)
      .where(eq(hosts.id, hostId))
      .for('update');
    const [made] = await tx
      .insert(clones)
      .values({ hostId, first: sideOf(first), second: sideOf(second) })
      .onConflictDoNothing()
      .returning({ id: clones.id });
    if (made) {
      await tx.insert(hostEvents).values({ hostId, kind: 'clone_suspected', detail: second.address });
      await recordAudit(
        tx,
        { audit, address: second.address },
        {
          action: 'host.suspectClone',
          actor: { kind: 'system', id: null, label: null },
          object: hostObject(host!),
          after: { first: placeOf(first), second: placeOf(second) },
        },
      );
    } else {
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
