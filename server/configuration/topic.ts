import { z } from 'zod';
import { EVERY } from '../events';
import { hostsOfEach } from '../hosts/visible-hosts';
import type { Services } from '../services';
import { describeWanted, type HostConfiguration } from './find-host-configuration';
import { findWantedOf } from './find-wanted';

const hostId = z.uuid();

/** What pages hear of hosts' configurations, by the host's id. */
export function registerConfigurations({ hub, events, db, configurationSeal }: Services): void {
  const seen = hostsOfEach.bind(null, db, 'configuration.read');
  const topic = hub.register<HostConfiguration>('configurations', {
    permission: 'configuration.read',
    isKey: (key) => hostId.safeParse(key).success,
    visibleTo: async (session, keys) => (await seen([{ session, keys }]))[0]!,
    visibleToEach: seen,
    async read(hostIds) {
      const found = await findWantedOf(db, hostIds);
      return new Map([...found].map(([id, wanted]) => [id, describeWanted({ configurationSeal }, wanted)]));
    },
  });
  events.listen('host.configured', EVERY, ({ hostId }) => topic.stale(hostId));
}
