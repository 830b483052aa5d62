import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client';
import { fleetHosts, fleets, hosts } from '../../db/schema';
import { inFleet } from '../hosts/find-hosts';
import { type Asker, visibleHosts } from '../hosts/visible-hosts';
import { visibleFleets } from '../fleets/visible-fleets';
import { ruleCondition } from '../rules/rule-condition';
import { ruleOf, ruleText } from '../rules/rule-text';

/** Which hosts other programs are told of. Without either it is all that were let in. */
export const inventoryFilter = z.object({
  filter: ruleText.optional(),
  fleet: z.uuid().optional().meta({ description: 'The id of a fleet that they are in.' }),
});

type Ctx = Asker & { db: Database };
const { id, fqdn, platform, state, osName, osVersion, agentVersion, addresses, tags, agentTags } = hosts;
const told = { id, fqdn, platform, state, osName, osVersion, agentVersion, addresses, tags, agentTags };
/** With the names of its fleets, whose tags stand among `tags`, beside those that people give it. */
export type InventoryHost = Pick<typeof hosts.$inferSelect, keyof typeof told> & { fleets: string[] };

/** So many are read at once: the whole answer is one document, but no single query holds the database up for it. */
const PART = 2000;

/** Approved hosts that the caller may see, and of these those that a rule and a fleet leave. */
export const approved = (ctx: Ctx, { filter, fleet }: z.infer<typeof inventoryFilter>) =>
  and(
    eq(hosts.approval, 'approved'),
    visibleHosts(ctx),
    filter === undefined ? undefined : ruleCondition(ruleOf(filter)),
    fleet === undefined ? undefined : inFleet(ctx, fleet),
  );

/**
 * Approved hosts that the caller may see, in the order of their ids, each with those of its fleets that they may see.
 */
export async function findInventory(ctx: Ctx, asked: z.infer<typeof inventoryFilter>) {
  const wanted = approved(ctx, asked);
  const { id: fleetId, name, tags: given } = fleets;
  const seen = await ctx.db.select({ fleetId, name, given }).from(fleets).where(visibleFleets(ctx));
  const byId = new Map(seen.map((fleet) => [fleet.fleetId, fleet]));
  const found: InventoryHost[] = [];
  for (;;) {
    const last = found.at(-1);
    const part = await ctx.db
      .select(told)
      .from(hosts)
      .where(and(wanted, last && gt(hosts.id, last.id)))
      .orderBy(asc(hosts.id))
      .limit(PART);
    const inFleets = await fleetsOf(
      ctx,
      part.map((host) => host.id),
    );
    for (const host of part) {
      const its = (inFleets.get(host.id) ?? []).flatMap((of) => byId.get(of) ?? []);
      const tags = [...new Set([...host.tags, ...its.flatMap((fleet) => fleet.given)])];
      found.push({ ...host, tags, fleets: its.map((fleet) => fleet.name) });
    }
    if (part.length < PART) return found;
  }
}

async function fleetsOf({ db }: Ctx, hostIds: string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  if (hostIds.length === 0) return found;
  const rows = await db
    .select({ hostId: fleetHosts.hostId, fleetId: fleetHosts.fleetId })
    .from(fleetHosts)
    .where(inArray(fleetHosts.hostId, hostIds))
    .orderBy(asc(fleetHosts.fleetId));
  for (const { hostId, fleetId } of rows) {
    const ids = found.get(hostId);
    if (ids) ids.push(fleetId);
    else found.set(hostId, [fleetId]);
  }
  return found;
}
