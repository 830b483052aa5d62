import { and, desc, eq, inArray, ne } from 'drizzle-orm';
import { hosts } from '../../db/schema';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { findHostRows } from '../hosts/find-hosts';
import { visibleHosts } from '../hosts/visible-hosts';

const SHOWN = 10;

/**
 * The other machines that go by a host's name and may get it or have it: the approved one first, then those that wait,
 * newest first; at most ten. Throws `host.not_found`.
 */
export async function findNamesakes(ctx: SignedIn, hostId: string) {
  const [host] = await ctx.db
    .select({ fqdn: hosts.fqdn })
    .from(hosts)
    .where(and(visibleHosts(ctx), eq(hosts.id, hostId)));
  if (!host) throw new AppError('host.not_found');
  const found = await ctx.db
    .select({ id: hosts.id, decidedAt: hosts.decidedAt })
    .from(hosts)
    .where(
      and(
        visibleHosts(ctx),
        eq(hosts.fqdn, host.fqdn),
        ne(hosts.id, hostId),
        inArray(hosts.approval, ['approved', 'pending', 'conflict']),
      ),
    )
    .orderBy(desc(eq(hosts.approval, 'approved')), desc(hosts.id))
    .limit(SHOWN);
  const rows = new Map(
    (
      await findHostRows(
        ctx,
        found.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  );
  return found.flatMap(({ id, decidedAt }) => {
    const row = rows.get(id);
    return row ? [{ ...row, decidedAt: decidedAt?.toISOString() ?? null }] : [];
  });
}
