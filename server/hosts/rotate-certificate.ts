import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from '../../db/client';
import { hosts } from '../../db/schema';
import { recordAudits } from '../audit/record-audit';
import type { HostPermission } from '../auth/permissions';
import { logAct } from '../log';
import type { Acting } from '../trpc';
import { recordsNaming } from './host-object';
import { hostsWith } from './visible-hosts';
import { oneOf, demanding } from '../../words/explain-issue';

/** Either of the two. */
export const rotation = z
  .strictObject({ hostIds: z.array(z.uuid()).min(1).max(1000).optional(), all: z.literal(true).optional() })
  .refine(({ hostIds, all }) => Boolean(hostIds) !== Boolean(all), demanding(oneOf('hostIds', 'all')))
  .meta({ examples: [{ hostIds: ['01890000-0000-7000-8000-000000000000'] }] });

export const rotated = z.object({
  requested: z.number().int().meta({ description: 'How many were asked. Hosts that are not approved are left out.' }),
});

/** Ten renewals a second keep no server busy, and an hour is what a person waits for. */
const PACE_A_SECOND = 10;
const LONGEST_WINDOW_SECONDS = 3600;

/** Seconds. One host need not wait for others. */
const spreadOver = (count: number) =>
  count <= 1 ? 0 : Math.min(LONGEST_WINDOW_SECONDS, Math.ceil(count / PACE_A_SECOND));

/**
 * Asks approved hosts for a new key and certificate: those that are connected at once, spread out when they are many;
 * the others when they next connect. Hosts that are not approved are left out.
 * @param among how many are asked in all, where these are some of more
 * @returns how many were asked
 */
export async function rotateCertificate(
  ctx: Acting,
  { hostIds }: z.infer<typeof rotation>,
  { among }: { among?: number } = {},
): Promise<z.infer<typeof rotated>> {
  const asked = await ctx.db.transaction((tx) => requestRenewals(tx, ctx, hostIds, 'certificates.rotate', among));
  const requested = asked.length;
  logAct(ctx, { requested, all: !hostIds }, 'new certificates requested');
  tellOfRenewals(ctx, asked);
  return { requested };
}

/** Its part within a transaction, of which `tellOfRenewals` tells after the commit. Returns whom it asks. */
export async function requestRenewals(
  tx: Transaction,
  ctx: Acting,
  hostIds: string[] | undefined,
  permission: HostPermission,
  among = 0,
): Promise<{ id: string; fqdn: string }[]> {
  const mine = hostsWith(ctx, permission);
  const all = hostIds === undefined;
  const wanted = and(mine, eq(hosts.approval, 'approved'), all ? undefined : inArray(hosts.id, hostIds));
  const withinSeconds = spreadOver(Math.max(among, await tx.$count(hosts, wanted)));
  // Locked in the order of their ids: two people who ask for many at once would else wait for each other.
  const locked = tx.select({ id: hosts.id }).from(hosts).where(wanted).orderBy(asc(hosts.id)).for('update');
  const asked = await tx
    .update(hosts)
    .set({ renewalRequestedAt: sql`now()`, renewalDueBy: sql`now() + make_interval(secs => ${withinSeconds})` })
    .where(inArray(hosts.id, locked))
    .returning({ id: hosts.id, fqdn: hosts.fqdn });
  const records = recordsNaming(asked, { action: 'host.rotateCertificate' }, { requested: asked.length, all });
  await recordAudits(tx, ctx, records);
  return asked;
}

export function tellOfRenewals(ctx: Pick<Acting, 'events'>, asked: readonly { id: string }[]): void {
  for (const { id } of asked) {
    ctx.events.emit('inbox.changed', { hostId: id, kind: 'renew' });
    ctx.events.emit('host.changed', { hostId: id });
  }
}
