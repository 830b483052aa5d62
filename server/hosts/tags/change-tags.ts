import { eq } from 'drizzle-orm';
import { MOST_TAGS } from '../../../agent/protocol';
import { hosts } from '../../../db/schema';
import { recordAudit } from '../../audit/record-audit';
import { AppError } from '../../errors';
import type { Acting } from '../../trpc';
import { hostObject } from '../host-object';

/**
 * Adds tags to what people say of a host, and takes others from it. Writes nothing where that changes nothing. Throws
 * `host.not_found`, `host.tags_of_machine` where one is to be taken that the machine alone says, and
 * `host.too_many_tags` where they would be more than a host can have.
 */
export async function changeTags(
  ctx: Acting,
  hostId: string,
  { add = [], remove = [] }: { add?: readonly string[]; remove?: readonly string[] },
): Promise<void> {
  const isChanged = await ctx.db.transaction(async (tx) => {
    const [host] = await tx
      .select({ id: hosts.id, fqdn: hosts.fqdn, tags: hosts.tags, agentTags: hosts.agentTags })
      .from(hosts)
      .where(eq(hosts.id, hostId))
      .for('update');
    if (!host) throw new AppError('host.not_found');
    const isTheMachines = (tag: string) => host.agentTags.includes(tag) && !host.tags.includes(tag);
    if (remove.some(isTheMachines)) throw new AppError('host.tags_of_machine');
    const tags = [...new Set([...host.tags, ...add])].filter((tag) => !remove.includes(tag));
    if (tags.join() === host.tags.join()) return false;
    if (tags.length > MOST_TAGS) throw new AppError('host.too_many_tags');
    await tx.update(hosts).set({ tags }).where(eq(hosts.id, hostId));
    await recordAudit(tx, ctx, {
      action: 'host.update',
      object: hostObject(host),
      before: { tags: host.tags },
      after: { tags },
    });
    return true;
  });
  if (isChanged) ctx.events.emit('host.changed', { hostId });
}
