import { and, eq } from 'drizzle-orm';
import type { z } from 'zod';
import { fleetHosts, fleetMembers, hosts } from '../../db/schema';
import { AppError } from '../errors';
import { visibleHosts } from '../hosts/visible-hosts';
import { explainRule } from '../rules/explain-rule';
import { ruleOf } from '../rules/rule-text';
import type { SignedIn } from '../trpc';
import { requireFleet } from './find-fleets';
import type { membershipReasons } from './fleet-schema';

/**
 * Why a host is in a fleet or not, as people decided and as its rule says now. Throws `fleet.not_found`,
 * `host.not_found`.
 */
export async function explainMembership(
  ctx: SignedIn,
  { fleetId, hostId }: { fleetId: string; hostId: string },
): Promise<z.infer<typeof membershipReasons>> {
  const { name, rule } = await requireFleet(ctx, fleetId);
  const [found] = await ctx.db
    .select({ fqdn: hosts.fqdn, member: fleetHosts, decided: fleetMembers })
    .from(hosts)
    .leftJoin(fleetHosts, and(eq(fleetHosts.hostId, hosts.id), eq(fleetHosts.fleetId, fleetId)))
    .leftJoin(fleetMembers, and(eq(fleetMembers.hostId, hosts.id), eq(fleetMembers.fleetId, fleetId)))
    .where(and(visibleHosts(ctx), eq(hosts.id, hostId)));
  if (!found) throw new AppError('host.not_found');
  const { fqdn, member, decided } = found;
  const said = rule === null ? { holds: null, reasons: [] } : await explainRule(ctx.db, ruleOf(rule), hostId);
  return {
    host: { id: hostId, fqdn },
    fleet: { id: fleetId, name },
    how: member?.how ?? null,
    since: member?.since.toISOString() ?? null,
    decided: decided && { kind: decided.kind, by: decided.by, at: decided.at.toISOString() },
    rule,
    ...said,
  };
}
