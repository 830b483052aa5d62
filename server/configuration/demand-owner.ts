import { eq } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import { fleets } from '../../db/schema';
import { AppError } from '../errors';
import { isKnown } from '../hosts/find-hosts';
import type { LayerOf } from './layers/layer-name';

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
