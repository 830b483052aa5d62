import { z } from 'zod';
import { EVERY } from '../events';
import type { Services } from '../services';
import { findHostRows } from './find-hosts';
import type { HostCounts } from './figures/host-counts';
import type { HostRow } from './host-schema';
import { hostsOfEach, SERVER_ITSELF, visibleHosts } from './visible-hosts';

const hostId = z.uuid();

/** The key of what there is one of. */
const WHOLE = '';

/**
 * What pages hear of hosts: rows by id, and how many there are in each state. News is what waits for a person or no
 * longer does: registrations, decisions, copies.
 *
 * What this process holds in memory, presence and samples, is sent as the event has it. What is in the row is read:
 * the event says that it changed, and the row how it is.
 */
export function registerHosts({ hub, events, hostCounts, ...services }: Services): void {
  const seen = hostsOfEach.bind(null, services.db, 'hosts.read');
  const rows = hub.register<HostRow>('hosts', {
    permission: 'hosts.read',
    isKey: (key) => hostId.safeParse(key).success,
    visibleTo: async (session, keys) => (await seen([{ session, keys }]))[0]!,
    visibleToEach: seen,
    // For all pages at once; `visibleTo` tells them apart.
    async read(hostIds) {
      const found = await findHostRows({ ...services, ...SERVER_ITSELF }, hostIds);
      return new Map(found.map((host) => [host.id, host]));
    },
  });
  for (const name of ['host.approval_changed', 'host.clone_changed'] as const) {
    events.listen(name, EVERY, ({ hostId }) => rows.stale(hostId, { isNews: true }));
  }
  events.listen('host.changed', EVERY, ({ hostId }) => rows.stale(hostId));
  events.listen('host.fleets_changed', EVERY, ({ hostId }) => rows.moved(hostId));
  events.listen('host.deleted', EVERY, ({ hostId }) => rows.gone(hostId));
  events.listen('host.presence', EVERY, ({ hostId, ...presence }) => rows.patch(hostId, presence));
  events.listen('host.health', EVERY, ({ hostId, health }) => rows.patch(hostId, { health }));
  events.listen('host.sampled', EVERY, ({ hostId, sample }) => rows.patch(hostId, { sample, isSampleStale: false }));
  events.listen('host.stale', EVERY, ({ hostId }) => rows.patch(hostId, { isSampleStale: true }));

  const counts = hub.register<HostCounts>('hostCounts', {
    permission: 'hosts.read',
    isKey: (key) => key === WHOLE,
    // They are of all hosts. Who sees some has theirs counted with the page.
    visibleTo: async (session, keys) => (visibleHosts({ session }) ? [] : keys),
    read: async () => new Map([[WHOLE, await hostCounts.get()]]),
    confirm: hostCounts.confirm,
  });
  hostCounts.listen((now) => (now ? counts.patch(WHOLE, now) : counts.stale(WHOLE)));
}
