import { and, eq, inArray, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { platform } from '../../agent/protocol';
import { commandRuns, hosts } from '../../db/schema';
import { hostFilter, hostList, inFleet } from '../hosts/find-hosts';
import { type Asker, hostsWith } from '../hosts/visible-hosts';
import { matching } from '../list/list';
import type { Services } from '../services';
import { runState } from './runs/run-states';
import { oneOf, demanding } from '../../words/explain-issue';

/** On which hosts, in one of six ways. Hosts that are not approved are never among them. */
export const targets = z
  .strictObject({
    hostIds: z.array(z.uuid()).min(1).max(1000).optional(),
    fleetId: z.uuid().optional(),
    platform: platform.optional(),
    filter: z.strictObject(hostFilter.omit({ waiting: true }).shape).optional(),
    runsOf: z
      .strictObject({ commandId: z.uuid(), states: z.array(runState).min(1).max(20).optional() })
      .optional()
      .meta({
        description: 'Those of an earlier command, on which it is in one of these states now; in any when left out.',
      }),
    all: z.literal(true).optional(),
  })
  .refine(
    (given) => Object.values(given).filter((part) => part !== undefined).length === 1,
    demanding(oneOf('hostIds', 'fleetId', 'platform', 'filter', 'runsOf', 'all')),
  )
  .meta({ examples: [{ hostIds: ['01890000-0000-7000-8000-000000000000'] }] });
export type Targets = z.infer<typeof targets>;

/**
 * Which hosts that is for this caller, as a condition on `host`.
 * @param where those on which they may run it, as `whatToRun` says
 */
export function targeted(
  ctx: Pick<Services, 'db'> & Asker,
  { hostIds, fleetId, platform, filter, runsOf }: Targets,
  where: SQL | undefined,
): SQL | undefined {
  return and(
    eq(hosts.approval, 'approved'),
    where,
    hostIds && inArray(hosts.id, hostIds),
    fleetId !== undefined ? inFleet(ctx, fleetId) : undefined,
    platform && eq(hosts.platform, platform),
    filter && matching(hostList, ctx, { ...filter, waiting: true }),
    runsOf && withRun(ctx, runsOf),
  );
}

/** On which an earlier command is so, as far as the caller may see that. */
function withRun(
  ctx: Pick<Services, 'db'> & Asker,
  { commandId, states }: NonNullable<Targets['runsOf']>,
): SQL | undefined {
  const runs = ctx.db
    .select({ hostId: commandRuns.hostId })
    .from(commandRuns)
    .where(and(eq(commandRuns.commandId, commandId), states && inArray(commandRuns.state, states)));
  return and(hostsWith(ctx, 'commands.read'), inArray(hosts.id, runs));
}
