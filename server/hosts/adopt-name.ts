import { and, asc, eq, or } from 'drizzle-orm';
import { violates } from '../../db/errors';
import { hostEvents, hosts } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { logAct } from '../log';
import type { SignedIn } from '../trpc';
import { hostObject } from './host-object';

/**
 * Gives an approved host the name that its machine calls itself by now. Everything hangs on the host's id and stays;
 * its certificate carries the new name from the next renewal on. `fqdn` is the name that the person saw: a machine that
 * changes its mind meanwhile gets nothing by it. Throws `host.name_not_reported`, `host.name_taken`,
 * `host.not_approved`, `host.not_found`.
 */
export async function adoptName(ctx: SignedIn, { hostId, fqdn }: { hostId: string; fqdn: string }): Promise<void> {
  const { user } = ctx.session;
  const { former, namesakes } = await ctx.db
    .transaction(async (tx) => {
      // In the order of the ids, as `letIn` takes them: the host, and whoever waits under the name it is to get.
      const locked = await tx
        .select()
        .from(hosts)
        .where(or(eq(hosts.id, hostId), and(eq(hosts.fqdn, fqdn), eq(hosts.approval, 'pending'))))
        .orderBy(asc(hosts.id))
        .for('update');
      const former = locked.find(({ id }) => id === hostId);
      if (!former) throw new AppError('host.not_found');
      if (former.approval !== 'approved') throw new AppError('host.not_approved');
      if (former.reportedFqdn !== fqdn) throw new AppError('host.name_not_reported');
      await tx.update(hosts).set({ fqdn, reportedFqdn: null }).where(eq(hosts.id, hostId));
      const namesakes = await tx
        .update(hosts)
        .set({ approval: 'conflict' })
        .where(and(eq(hosts.fqdn, fqdn), eq(hosts.approval, 'pending')))
        .returning({ id: hosts.id });
      await tx
        .insert(hostEvents)
        .values({ hostId, kind: 'name_adopted', actor: user.email, detail: `${former.fqdn} → ${fqdn}` });
      await recordAudit(tx, ctx, {
        action: 'host.adoptName',
        object: hostObject({ id: hostId, fqdn }),
        before: { fqdn: former.fqdn },
        after: { fqdn, ...(namesakes.length > 0 && { conflictingHostIds: namesakes.map(({ id }) => id) }) },
      });
      return { former, namesakes };
    })
    .catch((error: unknown) => {
      // The index `host_fqdn_approved` decides, also between two hosts that are given one name at once.
      throw violates(error, 'host_fqdn_approved') ? new AppError('host.name_taken', { cause: error }) : error;
    });
  logAct(ctx, { hostId, fqdn, former: former.fqdn }, 'host name adopted');
  ctx.events.emit('host.changed', { hostId });
  for (const { id } of namesakes)
    ctx.events.emit('host.approval_changed', { hostId: id, from: 'pending', to: 'conflict' });
}
