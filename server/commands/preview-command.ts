import { count, eq } from 'drizzle-orm';
import { z } from 'zod';
import { hostAbilities, hosts } from '../../db/schema';
import { textLike } from '../rest/schema';
import { whatToRun } from '../saved-commands/what-to-run';
import type { SignedIn } from '../trpc';
import type { CommandDraft } from './command-schema';
import { targeted } from './targets';
import { hasSaid, whyNotYet } from './why-not';

/** Names that are shown of those that it would be, to know them by. */
const NAMED = 10;

export const commandPreview = z.object({
  total: z.int().meta({ description: 'How many hosts it would be sent to.' }),
  cannot: z
    .array(z.object({ reason: textLike('missing_tool'), count: z.int() }))
    .meta({ description: 'Those of them that say they cannot run it, by why.' }),
  notTold: z
    .int()
    .meta({
      description: 'Those of them that have not said yet what they can run: it waits for them until it expires.',
    }),
  names: z.array(textLike('web-01.example.com')).meta({ description: `The first ${NAMED} of them.` }),
});

/** To how many hosts a command would be sent now, and how many of them cannot run it. Nothing is sent. */
export async function previewCommand(ctx: SignedIn, draft: CommandDraft): Promise<z.infer<typeof commandPreview>> {
  const what = await whatToRun(ctx.db, ctx, draft);
  const where = targeted(ctx, draft.targets, what.where);
  const each = ctx.db
    .select({ reason: whyNotYet(what).as('reason'), isTold: hasSaid.as('is_told') })
    .from(hosts)
    .leftJoin(hostAbilities, eq(hostAbilities.hostId, hosts.id))
    .where(where)
    .as('each');
  const { reason, isTold } = each;
  const counted = await ctx.db.select({ reason, isTold, count: count() }).from(each).groupBy(reason, isTold);
  const named = await ctx.db.select({ fqdn: hosts.fqdn }).from(hosts).where(where).orderBy(hosts.fqdn).limit(NAMED);
  const cannot = counted.flatMap(({ reason, count }) => (reason === null ? [] : [{ reason, count }]));
  const sumOf = (some: typeof counted) => some.reduce((sum, { count }) => sum + count, 0);
  return {
    total: sumOf(counted),
    cannot: cannot.sort((a, b) => b.count - a.count),
    notTold: sumOf(counted.filter(({ isTold }) => !isTold)),
    names: named.map(({ fqdn }) => fqdn),
  };
}
