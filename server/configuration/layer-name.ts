import { eq } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { fleets } from '../../db/schema';
import { AppError } from '../errors';
import { isKnown } from '../hosts/find-hosts';

/** Of whom a layer is: of all hosts, of those of a fleet, or of one. */
export type LayerOf = { hostId: string } | { fleetId: string } | 'all';

export const GLOBAL = 'global';

export function layerName(of: LayerOf): string {
  if (of === 'all') return GLOBAL;
  return 'hostId' in of ? `host/${of.hostId}` : `fleet/${of.fleetId}`;
}

/** Throws `host.not_found` or `fleet.not_found` of a layer that nobody is there for. */
export async function demandOwner(db: Database | Transaction, of: LayerOf): Promise<void> {
  if (of === 'all') return;
  if ('hostId' in of) {
    if (!(await isKnown(db, of.hostId))) throw new AppError('host.not_found');
    return;
  }
  const [fleet] = await db.select({ id: fleets.id }).from(fleets).where(eq(fleets.id, of.fleetId));
  if (!fleet) throw new AppError('fleet.not_found');
}

/** Of a version; of a layer that nobody has written, 0. RFC 9110, 8.8.3. */
export const etagOf = (version: number) => `"${version}"`;
