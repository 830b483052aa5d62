import { isDeepStrictEqual } from 'node:util';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { hosts } from '../../db/schema';
import { recordAudit } from '../audit/record-audit';
import { AppError } from '../errors';
import { logAct } from '../log';
import { storableText } from '../storable-text';
import type { SignedIn } from '../trpc';
import { hostObject } from './host-object';
import { tags } from './tags/tag-schema';

/** What people say of a host. What is left out stays as it is. `agentTags` are there to be sent back as they came. */
export const hostChanges = z.object({
  notes: storableText(4000)
    // Browsers send the ends of lines as CRLF (HTML standard, "constructing the form data set").
    .overwrite((text) => text.replaceAll('\r\n', '\n').trim())
    .meta({ examples: ['Rack 4. Ask the web team before a restart.'] })
    .optional(),
  tags: tags.optional().meta({ description: 'All that it is to have besides those of its machine and its fleets.' }),
  agentTags: tags
    .optional()
    .meta({ description: 'Are set on the machine, in its agent.yaml: others than it has are refused.' }),
});

/**
 * Changes what people, and not the machine, say of a host. Throws `host.not_found`, and `host.tags_of_machine` for
 * other tags of the machine than it has.
 */
export async function updateHost(
  ctx: SignedIn,
  { hostId, agentTags, ...changes }: z.infer<typeof hostChanges> & { hostId: string },
): Promise<void> {
  const said = Object.keys(changes).filter((name) => changes[name as keyof typeof changes] !== undefined);
  if (said.length === 0 && !agentTags) return;
  const host = await ctx.db.transaction(async (tx) => {
    const [before] = await tx
      .select({ id: hosts.id, fqdn: hosts.fqdn, notes: hosts.notes, tags: hosts.tags, agentTags: hosts.agentTags })
      .from(hosts)
      .where(eq(hosts.id, hostId))
      .for('update');
    if (!before) throw new AppError('host.not_found');
    if (agentTags && !isDeepStrictEqual(agentTags.toSorted(), before.agentTags.toSorted()))
      throw new AppError('host.tags_of_machine');
    if (said.length === 0) return null;
    await tx.update(hosts).set(changes).where(eq(hosts.id, hostId));
    const only = (of: object) => Object.fromEntries(Object.entries(of).filter(([name]) => said.includes(name)));
    await recordAudit(tx, ctx, {
      action: 'host.update',
      object: hostObject(before),
      before: only(before),
      after: only(changes),
    });
    return before;
  });
  if (!host) return;
  logAct(ctx, { hostId, fqdn: host.fqdn, changed: said }, 'host changed by a person');
  ctx.events.emit('host.changed', { hostId });
}
