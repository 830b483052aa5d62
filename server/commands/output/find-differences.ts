import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { commandRuns, hosts } from '../../../db/schema';
import { AppError } from '../../errors';
import { hostsWith } from '../../hosts/visible-hosts';
import { textLike } from '../../rest/schema';
import type { SignedIn } from '../../trpc';
import { isCommandVisible } from '../find-commands';
import { outputDigest } from './output-digest';

/** Groups of one answer. With more of them it is no longer differences that somebody looks for. */
const MOST_GROUPS = 50;

export const differences = z.object({
  groups: z
    .array(
      z.object({
        output: outputDigest.meta({
          description: 'SHA-256 of what they wrote, as far as it is kept: `output` of a list of runs.',
        }),
        count: z.int(),
        hostId: z.string().meta({ format: 'uuid', description: 'One of them.' }),
        fqdn: textLike('web-01.example.com'),
      }),
    )
    .meta({ description: `Hosts that wrote the same, the most first. At most ${MOST_GROUPS} groups.` }),
  others: z.int().meta({ description: 'Hosts in further groups.' }),
  notCompared: z.int().meta({ description: 'Hosts where it has not run, or not to an end that is known.' }),
});

/** Who wrote the same as whom. Throws `command.not_found`. */
export async function findDifferences(ctx: SignedIn, commandId: string): Promise<z.infer<typeof differences>> {
  if (!(await isCommandVisible(ctx.db, ctx, commandId))) throw new AppError('command.not_found');
  const mine = and(eq(commandRuns.commandId, commandId), hostsWith(ctx, 'commands.read'));
  const { rows } = await ctx.db.execute<{
    output: string;
    hostId: string;
    fqdn: string;
    count: number;
    all: number;
  }>(sql`
    with grouped as (
      select ${commandRuns.outputDigest} as digest, count(*)::int as count,
        (array_agg(${hosts.id} order by ${hosts.id}))[1] as host_id
      from ${commandRuns} join ${hosts} on ${eq(hosts.id, commandRuns.hostId)}
      where ${and(mine, isNotNull(commandRuns.outputDigest))} group by 1)
    select encode(digest, 'hex') as output, count, host_id as "hostId", host.fqdn,
      (sum(count) over ())::int as "all"
    from grouped join host on host.id = grouped.host_id order by count desc, digest limit ${MOST_GROUPS}`);
  const groups = rows.map(({ output, count, hostId, fqdn }) => ({ output, count, hostId, fqdn }));
  const [left] = await ctx.db
    .select({ count: sql<number>`count(*)::int` })
    .from(commandRuns)
    .innerJoin(hosts, eq(hosts.id, commandRuns.hostId))
    .where(and(mine, isNull(commandRuns.outputDigest)));
  const shown = groups.reduce((sum, { count }) => sum + count, 0);
  return { groups, others: (rows[0]?.all ?? 0) - shown, notCompared: left!.count };
}
