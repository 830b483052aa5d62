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
    .array(
      z.object({
        reason: textLike('missing_tool'),
        detail: textLike('python3')
          .nullable()
          .meta({ description: 'The tool, the rule or the parameter that it is about.' }),
        count: z.int(),
      }),
    )
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
    .select({ why: whyNotYet(what).as('why'), isTold: hasSaid.as('is_told') })
    .from(hosts)
    .leftJoin(hostAbilities, eq(hostAbilities.hostId, hosts.id))
    .where(where)
    .as('each');
  const { why, isTold } = each;
  const counted = await ctx.db.select({ why, isTold, count: count() }).from(each).groupBy(why, isTold);
  const named = await ctx.db.select({ fqdn: hosts.fqdn }).from(hosts).where(where).orderBy(hosts.fqdn).limit(NAMED);
  const sumOf = (some: typeof counted) => some.reduce((sum, { count }) => sum + count, 0);
  return {
    total: sumOf(counted),
    cannot: inWhole(counted.flatMap(({ why, count }) => (why ? [{ reason: why[0], detail: why[1], count }] : []))),
    notTold: sumOf(counted.filter(({ isTold }) => !isTold)),
    names: named.map(({ fqdn }) => fqdn),
  };
}

/** Each host says its detail itself: beyond so many different ones they are counted by the reason alone. */
const MOST_DETAILS = 20;

type Cannot = z.infer<typeof commandPreview>['cannot'];

/** The most frequent first, and all of them. */
function inWhole(cannot: Cannot): Cannot {
  const byCount = (all: Cannot) => all.sort((a, b) => b.count - a.count);
  const [shown, others] = [byCount(cannot).slice(0, MOST_DETAILS), cannot.slice(MOST_DETAILS)];
  const counts = new Map<string, number>();
  for (const { reason, count } of others) counts.set(reason, (counts.get(reason) ?? 0) + count);
  return byCount([...shown, ...[...counts].map(([reason, count]) => ({ reason, detail: null, count }))]);
}
