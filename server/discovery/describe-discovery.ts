import { asc, desc, eq, ilike, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { discoveryBeacons, discoveryRequests, discoveryServers, discoverySwitches, users } from '../../db/schema';
import { containing } from '../list/keyset';
import { storableText } from '../storable-text';
import type { SignedIn } from '../trpc';
import { BEAT_MS } from './keep-beacon';

/** A process that has said nothing for so long has ended. */
const SILENT_SECONDS = (3 * BEAT_MS) / 1000;
const MOST_REQUESTS = 200;

export const aboutDiscovery = z.object({
  /** Part of a name or an address of whoever asked. */
  search: storableText(253)
    .meta({ examples: ['web-01'] })
    .optional(),
});

/** The switch, the beacons that are alive, and what was seen, the latest first. Instants are ISO 8601. */
export async function describeDiscovery(
  { db, config, authority }: SignedIn,
  { search }: z.infer<typeof aboutDiscovery>,
) {
  const { enabled, interfaces, port, announcement_port } = config.discovery;
  const [switched] = await db
    .select({ isOn: discoverySwitches.isOn, changedAt: discoverySwitches.changedAt, changedBy: users.email })
    .from(discoverySwitches)
    .leftJoin(users, eq(users.id, discoverySwitches.changedBy));
  const beacons = await db
    .select()
    .from(discoveryBeacons)
    .where(sql`${discoveryBeacons.beatAt} > now() - make_interval(secs => ${SILENT_SECONDS})`)
    .orderBy(asc(discoveryBeacons.machine), asc(discoveryBeacons.id));
  const servers = await db.select().from(discoveryServers).orderBy(desc(discoveryServers.lastAt));
  const requests = await db
    .select()
    .from(discoveryRequests)
    .where(
      search
        ? or(
            ilike(discoveryRequests.hostname, containing(search)),
            ilike(discoveryRequests.address, containing(search)),
          )
        : undefined,
    )
    .orderBy(desc(discoveryRequests.lastAt), asc(discoveryRequests.hostname), asc(discoveryRequests.address))
    .limit(MOST_REQUESTS);
  return {
    isConfigured: enabled,
    isOn: switched?.isOn ?? true,
    changedAt: switched?.changedAt.toISOString() ?? null,
    changedBy: switched?.changedBy ?? null,
    interfaces,
    port,
    announcementPort: announcement_port,
    beacons: beacons.map(({ startedAt, beatAt, ...beacon }) => ({
      ...beacon,
      startedAt: startedAt.toISOString(),
      beatAt: beatAt.toISOString(),
    })),
    servers: servers.map(({ firstAt, lastAt, ...server }) => ({
      ...server,
      isOurs: server.pin === authority.pin,
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
    })),
    requests: requests.map(({ firstAt, lastAt, ...request }) => ({
      ...request,
      firstAt: firstAt.toISOString(),
      lastAt: lastAt.toISOString(),
    })),
  };
}
