import { and, inArray } from 'drizzle-orm';
import { z } from 'zod';
import { hosts } from '../../db/schema';
import { EVERY } from '../events';
import { hostsWith } from '../hosts/visible-hosts';
import type { Services } from '../services';
import { describeWanted, type HostConfiguration } from './find-host-configuration';
import { findWantedOf } from './find-wanted';

const hostId = z.uuid();

/** What pages hear of hosts' configurations, by the host's id. */
export function registerConfigurations({ hub, events, db }: Services): void {
  const topic = hub.register<HostConfiguration>('configurations', {
    permission: 'configuration.read',
    isKey: (key) => hostId.safeParse(key).success,
    async visibleTo(session, hostIds) {
      const mine = hostsWith({ session }, 'configuration.read');
      if (!mine) return hostIds;
      const found = await db
        .select({ id: hosts.id })
        .from(hosts)
        .where(and(mine, inArray(hosts.id, [...hostIds])));
      return found.map(({ id }) => id);
    },
    async read(hostIds) {
      const found = await findWantedOf(db, hostIds);
      return new Map([...found].map(([id, wanted]) => [id, describeWanted(wanted)]));
    },
  });
  events.listen('host.configured', EVERY, ({ hostId }) => topic.stale(hostId));
}
