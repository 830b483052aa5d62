import { and, eq, isNull } from 'drizzle-orm';
import { clones } from '../../db/schema';
import type { Services } from '../services';
import { sideOf } from './suspect-clone';

/**
 * The two machines that show one host's certificate, until somebody has decided; null when there are none. Of a side
 * that is connected it is what its connection tells now, and `id` is what a split names it by.
 */
export async function findOpenClone({ db, sockets }: Pick<Services, 'db' | 'sockets'>, hostId: string) {
  const [open] = await db
    .select()
    .from(clones)
    .where(and(eq(clones.hostId, hostId), isNull(clones.resolvedAt)));
  if (!open) return null;
  const holder = sockets.holder(hostId);
  const [held, ...others] = sockets.held(hostId);
  return {
    suspectedAt: open.suspectedAt.toISOString(),
    seenAt: open.seenAt.toISOString(),
    first: { ...(holder ? sideOf(holder) : open.first), isConnected: holder !== undefined },
    second: { ...(held ? sideOf(held) : open.second), isConnected: held !== undefined },
    /** More copies than the second, which a split takes with it. */
    others: others.length,
  };
}
