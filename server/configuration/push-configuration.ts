import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { platform } from '../../agent/protocol';
import { hostConfigurations, hosts } from '../../db/schema';
import { recordAudits } from '../audit/record-audit';
import { requireFleet } from '../fleets/find-fleets';
import { hostFilter, hostList, inFleet } from '../hosts/find-hosts';
import { recordsNaming } from '../hosts/host-object';
import { hostsWith } from '../hosts/visible-hosts';
import { matching } from '../list/list';
import { logAct } from '../log';
import { textLike } from '../rest/schema';
import type { Acting } from '../trpc';
import { wakeHosts } from './wake-hosts';

/** Whom it is pushed to: one of these. */
export const targets = z.union([
  z.strictObject({ hostIds: z.array(z.uuid()).min(1).max(1000) }),
  z.strictObject({ fleetId: z.uuid() }),
  z.strictObject({ platform }),
  z.strictObject({ filter: hostFilter.meta({ description: 'As `GET /hosts` takes it.' }) }),
  z.strictObject({ all: z.literal(true) }),
]);
export type Targets = z.infer<typeof targets>;

export const pushedHosts = z.array(
  z.object({
    hostId: z.string().meta({ format: 'uuid' }),
    fqdn: textLike('web-01.example.com'),
    isConnected: z.boolean().meta({ description: 'It hears at once; any other when it next connects.' }),
  }),
);
type PushedHosts = z.infer<typeof pushedHosts>;

/**
 * Lets hosts try what is wanted of them, also what they have tried in vain. Those that are not approved, and those that
 * the caller may not configure, are left out. Throws `fleet.not_found`.
 */
export async function pushConfiguration(ctx: Acting, to: Targets): Promise<PushedHosts> {
  if ('fleetId' in to) await requireFleet(ctx, to.fleetId);
  const wanted = and(hostsWith(ctx, 'configuration.write'), eq(hosts.approval, 'approved'), conditionOf(ctx, to));
  const pushed = await ctx.db.transaction(async (tx) => {
    // In the order of their ids, as all who lock hosts do, and their rows of configuration. Only that they stay there.
    const found = await tx
      .select({ id: hosts.id, fqdn: hosts.fqdn })
      .from(hosts)
      .where(wanted)
      .orderBy(asc(hosts.id))
      .for('key share');
    const ids = JSON.stringify(found.map(({ id }) => id));
    await tx.execute(sql`
      insert into ${hostConfigurations} (host_id, requested_at)
      select id::uuid, now() from jsonb_array_elements_text(${ids}::jsonb) as id
      on conflict (host_id) do update set requested_at = excluded.requested_at`);
    await recordAudits(
      tx,
      ctx,
      recordsNaming(found, { action: 'configuration.push' }, { pushed: found.length, ...('hostIds' in to ? {} : to) }),
    );
    return found;
  });
  logAct(ctx, { pushed: pushed.length }, 'configuration pushed');
  await wakeHosts(ctx, { hostIds: pushed.map(({ id }) => id) });
  return pushed.map(({ id, fqdn }) => ({ hostId: id, fqdn, isConnected: ctx.presence.get(id)?.state === 'up' }));
}

function conditionOf(ctx: Acting, to: Targets): SQL | undefined {
  if ('hostIds' in to) return inArray(hosts.id, to.hostIds);
  if ('fleetId' in to) return inFleet(ctx, to.fleetId);
  if ('platform' in to) return eq(hosts.platform, to.platform);
  return 'filter' in to ? matching(hostList, ctx, to.filter) : undefined;
}
