import { eq } from 'drizzle-orm';
import { hosts } from '../../db/schema';
import type { Services } from '../services';
import type { LayerOf } from './layer-name';

/** After the commit: whoever is connected looks what is wanted of it now, and open pages show it. */
export async function wakeHosts(
  { db, events }: Pick<Services, 'db' | 'events'>,
  of: LayerOf | string[],
): Promise<void> {
  for (const hostId of await idsOf(db, of)) {
    events.emit('inbox.changed', { hostId, kind: 'configuration' });
    events.emit('host.configured', { hostId });
  }
}

async function idsOf(db: Services['db'], of: LayerOf | string[]): Promise<string[]> {
  if (Array.isArray(of)) return of;
  if (of !== 'all') return [of.hostId];
  const approved = await db.select({ id: hosts.id }).from(hosts).where(eq(hosts.approval, 'approved'));
  return approved.map(({ id }) => id);
}
