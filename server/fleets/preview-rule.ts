import { and, asc, eq, not, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { fleetHosts, fleetMembers, hosts } from '../../db/schema';
import { visibleHosts } from '../hosts/visible-hosts';
import { ruleCondition } from '../rules/rule-condition';
import { ruleOf, ruleText } from '../rules/rule-text';
import type { SignedIn } from '../trpc';
import { requireFleet } from './find-fleets';
import type { rulePreview } from './fleet-schema';

const SHOWN = 10;

export const previewQuery = z.object({
  rule: z.preprocess((value) => (value === '' ? null : value), ruleText.nullable()),
  fleetId: z.uuid().optional().meta({ description: 'The fleet that would have it. A new one when left out.' }),
});

/** Who would be in a fleet with another rule, and whom that would be new to. Throws `fleet.not_found`. */
export async function previewRule(
  ctx: SignedIn,
  { rule, fleetId }: z.infer<typeof previewQuery>,
): Promise<z.infer<typeof rulePreview>> {
  if (fleetId) await requireFleet(ctx, fleetId);
  const holds = rule === null ? sql`false` : ruleCondition(ruleOf(rule));
  const decided = (kind: 'listed' | 'excepted') =>
    fleetId ? memberOf(ctx, eq(fleetMembers.fleetId, fleetId), kind) : sql`false`;
  const isIn = fleetId
    ? sql`${hosts.id} in (select ${fleetHosts.hostId} from ${fleetHosts} where ${eq(fleetHosts.fleetId, fleetId)})`
    : sql`false`;
  const willBe = or(decided('listed'), and(holds, not(decided('excepted'))))!;
  const [total, entering, leaving] = await Promise.all([
    countOf(ctx, willBe),
    someOf(ctx, and(willBe, not(isIn))!),
    someOf(ctx, and(isIn, not(willBe))!),
  ]);
  return { total, entering, leaving };
}

const memberOf = ({ db }: SignedIn, ofFleet: SQL, kind: 'listed' | 'excepted') =>
  sql`${hosts.id} in ${db
    .select({ hostId: fleetMembers.hostId })
    .from(fleetMembers)
    .where(and(ofFleet, eq(fleetMembers.kind, kind)))}`;

async function countOf(ctx: SignedIn, condition: SQL): Promise<number> {
  return ctx.db.$count(hosts, and(visibleHosts(ctx), condition));
}

async function someOf(ctx: SignedIn, condition: SQL) {
  const total = await countOf(ctx, condition);
  const first = await ctx.db
    .select({ id: hosts.id, fqdn: hosts.fqdn })
    .from(hosts)
    .where(and(visibleHosts(ctx), condition))
    .orderBy(asc(hosts.fqdn))
    .limit(SHOWN);
  return { total, hosts: first };
}
