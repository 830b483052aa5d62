import { and, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { fleets } from '../../db/schema';
import { EVERY } from '../events';
import { SERVER_ITSELF } from '../hosts/visible-hosts';
import { createSteady } from '../live/steady';
import type { Services } from '../services';
import { findFleetsOf, type FleetOfHost } from './find-fleets';
import { fleetIdOf, type LiveFleet, liveKeyOf, readLiveFleets } from './live-fleet';
import { visibleFleets } from './visible-fleets';

/** At most so often what pages show is read anew, however much changes: once for all of them. */
const LEAST_MS = 1_000;

const hostId = z.uuid();

/** In which fleets a host is. */
export interface HostFleets {
  fleets: FleetOfHost[];
}

/**
 * What pages hear of fleets: by the fleet, that it is another than they show; by the host, which fleets it is in. Which
 * changed, no event says: what any page shows is read, once for all, and told where it is another.
 */
export function registerFleets({ hub, events, db }: Services): void {
  const versions = createSteady<LiveFleet>();
  const ofFleets = hub.register<LiveFleet>('fleets', {
    permission: 'hosts.read',
    isKey: (key) => fleetIdOf(key) !== null,
    async visibleTo(session, keys) {
      const visible = visibleFleets({ session });
      if (!visible) return keys;
      const mine = keys.filter((key) => key === liveKeyOf({ session }, fleetIdOf(key)!));
      const seen = await db
        .select({ id: fleets.id })
        .from(fleets)
        .where(and(visible, inArray(fleets.id, mine)));
      return seen.map(({ id }) => id);
    },
    async read(keys) {
      versions.keepOnly(ofFleets.isWatched);
      const found = await readLiveFleets(db, keys);
      return new Map([...found].map(([key, value]) => [key, versions.of(key, value)]));
    },
  });

  const memberships = createSteady<HostFleets>();
  const ofHosts = hub.register<HostFleets>('hostFleets', {
    permission: 'hosts.read',
    isKey: (key) => hostId.safeParse(key).success,
    // It is all fleets of a host. Who sees some has theirs with the page.
    visibleTo: async (session, keys) => (visibleFleets({ session }) ? [] : keys),
    async read(hostIds) {
      memberships.keepOnly(ofHosts.isWatched);
      const found = await findFleetsOf({ db, ...SERVER_ITSELF }, hostIds);
      return new Map(hostIds.map((id) => [id, memberships.of(id, { fleets: [...(found.get(id) ?? [])] })]));
    },
  });

  let due: NodeJS.Timeout | null = null;
  let readAt = -Infinity;
  events.listen('fleets.changed', EVERY, () => {
    due ??= setTimeout(
      () => {
        due = null;
        readAt = performance.now();
        ofFleets.staleAll();
        ofHosts.staleAll();
      },
      Math.max(0, readAt + LEAST_MS - performance.now()),
    ).unref();
  });
}
