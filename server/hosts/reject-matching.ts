import { and, asc, inArray, lte } from 'drizzle-orm';
import { z } from 'zod';
import { hostEvents, hosts } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { matching } from '../list/list';
import type { SignedIn } from '../trpc';
import { waitingFilter, waitingList } from './find-hosts';
import { hostObject } from './host-object';
import { hostsWith } from './visible-hosts';

export const rejection = waitingFilter.extend({
  before: z.iso
    .datetime()
    .meta({
      description: 'Leaves out who asked after this: whoever decides has not seen them.',
      examples: ['2026-01-31T12:00:00.000Z'],
    }),
});

export const rejected = z.object({ rejected: z.number().int().meta({ description: 'How many were turned away.' }) });

/** As many at once as one audit record can name (8 KiB). A transaction of all would keep every approval waiting. */
const PART = 200;

/**
 * Turns away every waiting host that the filter lets through and that asked no later than `before`, a part at a time.
 * What fails half-way has turned away those before it; the same call goes on.
 * @returns how many there were
 */
export async function rejectMatching(
  ctx: SignedIn,
  { before, ...filter }: z.infer<typeof rejection>,
): Promise<z.infer<typeof rejected>> {
  let total = 0;
  for (;;) {
    const part = await rejectPart(ctx, filter, new Date(before));
    total += part.length;
    for (const { id, approval } of part)
      ctx.events.emit('host.approval_changed', { hostId: id, from: approval, to: 'rejected' });
    if (part.length < PART) break;
  }
  ctx.log.info({ rejected: total, by: ctx.session.user.email }, 'hosts rejected');
  return { rejected: total };
}

/** @returns those it turned away, as they were before */
function rejectPart(ctx: SignedIn, filter: z.infer<typeof waitingFilter>, before: Date) {
  const { user } = ctx.session;
  return ctx.db.transaction(async (tx) => {
    // In the order of their ids, as all who lock hosts do.
    const locked = await tx
      .select({ id: hosts.id, fqdn: hosts.fqdn, approval: hosts.approval })
      .from(hosts)
      .where(and(matching(waitingList, ctx, filter), hostsWith(ctx, 'hosts.approve'), lte(hosts.registeredAt, before)))
      .orderBy(asc(hosts.id))
      .limit(PART)
      .for('update');
    const hostIds = locked.map(({ id }) => id);
    if (hostIds.length === 0) return locked;
    await tx
      .update(hosts)
      .set({ approval: 'rejected', decidedAt: new Date(), decidedBy: user.id })
      .where(inArray(hosts.id, hostIds));
    await tx
      .insert(hostEvents)
      .values(hostIds.map((hostId) => ({ hostId, kind: 'rejected' as const, actor: user.email })));
    const conflict = locked.filter(({ approval }) => approval === 'conflict').length;
    await recordAudit(tx, ctx, {
      action: 'host.rejectMatching',
      ...(locked.length === 1 && { object: hostObject(locked[0]!) }),
      before: { pending: locked.length - conflict, conflict },
      after: { rejected: locked.length, filter, hostIds },
    });
    return locked;
  });
}
