import { and, desc, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { hostEvents, hosts } from '../../db/schema';
import { inFleet } from '../hosts/find-hosts';
import { visibleHosts } from '../hosts/visible-hosts';
import type { SignedIn } from '../trpc';
import { requireFleet } from './find-fleets';
import type { fleetEvents } from './fleet-schema';

const SHOWN = 50;

/** What happened to hosts that are in a fleet now, latest first, at most 50. Throws `fleet.not_found`. */
export async function findFleetEvents(ctx: SignedIn, fleetId: string): Promise<z.infer<typeof fleetEvents>> {
  await requireFleet(ctx, fleetId);
  const rows = await ctx.db
    .select({ event: hostEvents, fqdn: hosts.fqdn })
    .from(hostEvents)
    .innerJoin(hosts, eq(hosts.id, hostEvents.hostId))
    .where(and(visibleHosts(ctx), inFleet(ctx, fleetId)))
    .orderBy(desc(hostEvents.id))
    .limit(SHOWN);
  const events = rows.map(({ fqdn, event: { id, hostId, at, kind, actor, detail } }) => ({
    ...{ id, at: at.toISOString(), kind, actor, detail },
    host: { id: hostId, fqdn },
  }));
  return { events };
}
