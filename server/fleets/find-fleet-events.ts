import { and } from 'drizzle-orm';
import type { z } from 'zod';
import { isToBeHeard } from '../configuration/not-as-wanted';
import { inFleet } from '../hosts/find-hosts';
import { findLastEvents } from '../hosts/last-events';
import { visibleHosts } from '../hosts/visible-hosts';
import type { SignedIn } from '../trpc';
import { readDetail } from '../kept-words';
import { requireFleet } from './find-fleets';
import type { fleetEvents } from './fleet-schema';

const SHOWN = 50;

/**
 * What happened to hosts that are in a fleet now, latest first, at most 50, of ninety days. In the histories of these
 * hosts, so that its time tells of no others. Throws `fleet.not_found`.
 */
export async function findFleetEvents(ctx: SignedIn, fleetId: string): Promise<z.infer<typeof fleetEvents>> {
  await requireFleet(ctx, fleetId);
  const rows = await findLastEvents(ctx.db, {
    of: and(visibleHosts(ctx), inFleet(ctx, fleetId))!,
    that: isToBeHeard(ctx),
    limit: SHOWN,
  });
  const events = rows.map(({ id, hostId, at, kind, actor, detail, fqdn }) => ({
    ...{ id, at: at.toISOString(), kind, actor, ...readDetail(detail) },
    host: { id: hostId, fqdn },
  }));
  return { events };
}
