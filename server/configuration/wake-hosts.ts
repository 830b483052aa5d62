import { and, eq, inArray, sql } from 'drizzle-orm';
import { configurationLayers, fleetHosts, hosts } from '../../db/schema';
import type { Services } from '../services';
import { concerned } from './compare-hosts';
import type { LayerOf } from './layers/layer-name';

type Needs = Pick<Services, 'db' | 'events'>;

/** After the commit: whoever is connected looks what is wanted of it now, and open pages show it. */
export async function wakeHosts(
  { db, events }: Needs,
  of: LayerOf | { hostIds: string[] } | { fleetIds: string[] },
): Promise<void> {
  for (const hostId of await idsOf(db, of)) {
    events.emit('inbox.changed', { hostId, kind: 'configuration' });
    events.emit('host.configured', { hostId });
  }
}

/** After hosts came into fleets or left them: those of fleets that say something. */
export async function wakeMoved(needs: Needs, moved: readonly { fleetId: string; hostId: string }[]): Promise<void> {
  if (moved.length === 0) return;
  const fleetIds = [...new Set(moved.map(({ fleetId }) => fleetId))];
  const layers = await needs.db
    .select({ fleetId: configurationLayers.fleetId })
    .from(configurationLayers)
    .where(inArray(configurationLayers.fleetId, fleetIds));
  const saying = new Set(layers.map(({ fleetId }) => fleetId));
  const hostIds = moved.filter(({ fleetId }) => saying.has(fleetId)).map(({ hostId }) => hostId);
  await wakeHosts(needs, { hostIds: [...new Set(hostIds)] });
}

async function idsOf(
  db: Services['db'],
  of: LayerOf | { hostIds: string[] } | { fleetIds: string[] },
): Promise<string[]> {
  if (of !== 'all' && 'hostIds' in of) return of.hostIds;
  if (of !== 'all' && 'hostId' in of) return [of.hostId];
  const which =
    of !== 'all' && 'fleetIds' in of
      ? sql`${hosts.id} in ${db
          .select({ hostId: fleetHosts.hostId })
          .from(fleetHosts)
          .where(inArray(fleetHosts.fleetId, of.fleetIds))}`
      : concerned(of);
  const approved = await db
    .select({ id: hosts.id })
    .from(hosts)
    .where(and(eq(hosts.approval, 'approved'), which));
  return approved.map(({ id }) => id);
}
