import { and, desc, eq, getTableColumns, type SQL } from 'drizzle-orm';
import { certificates, enrolmentTokens, hostEvents, hosts, users } from '../../db/schema';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { findOpenClone } from '../clones/find-open-clone';
import { hostRow } from './find-hosts';
import type { HostDetail } from './host-schema';
import { visibleHosts } from './visible-hosts';

const SHOWN_EVENTS = 50;

export const findHostById = (ctx: SignedIn, hostId: string) => findHost(ctx, eq(hosts.id, hostId));

/** The approved host of that name, or else the newest registration under it. */
export const findHostByFqdn = (ctx: SignedIn, fqdn: string) => findHost(ctx, eq(hosts.fqdn, fqdn));

/** Everything one host's page shows. Throws `host.not_found`. */
async function findHost(ctx: SignedIn, condition: SQL): Promise<HostDetail> {
  const feed = ctx.hub.cursor();
  const [host] = await ctx.db
    .select({ ...getTableColumns(hosts), decidedByEmail: users.email, enrolmentToken: enrolmentTokens.name })
    .from(hosts)
    .leftJoin(users, eq(users.id, hosts.decidedBy))
    .leftJoin(enrolmentTokens, eq(enrolmentTokens.id, hosts.enrolmentTokenId))
    .where(and(visibleHosts(ctx), condition))
    .orderBy(desc(eq(hosts.approval, 'approved')), desc(hosts.id))
    .limit(1);
  if (!host) throw new AppError('host.not_found');
  const [certificate] = await ctx.db
    .select()
    .from(certificates)
    .where(eq(certificates.hostId, host.id))
    // What it uses, not a renewal that waits.
    .orderBy(desc(eq(certificates.keyFingerprint, host.keyFingerprint)), desc(certificates.issuedAt))
    .limit(1);
  const events = await ctx.db
    .select()
    .from(hostEvents)
    .where(eq(hostEvents.hostId, host.id))
    .orderBy(desc(hostEvents.id))
    .limit(SHOWN_EVENTS);
  const clone = host.approval === 'approved' ? await findOpenClone(ctx, host.id) : null;
  return {
    host: {
      ...hostRow(ctx, host),
      notes: host.notes,
      kernel: host.kernel,
      architecture: host.architecture,
      hardware: host.hardware,
      bootedAt: host.bootedAt?.toISOString() ?? null,
      decidedAt: host.decidedAt?.toISOString() ?? null,
      decidedBy: host.decidedByEmail,
      tags: host.tags,
      enrolmentToken: host.enrolmentToken,
    },
    certificate: certificate
      ? {
          serial: certificate.serial,
          fingerprint: certificate.fingerprint,
          issuedAt: certificate.issuedAt.toISOString(),
          notBefore: certificate.notBefore.toISOString(),
          notAfter: certificate.notAfter.toISOString(),
          revokedAt: certificate.revokedAt?.toISOString() ?? null,
        }
      : null,
    clone,
    samples: ctx.samples.series(host.id),
    events: events.map(({ id, at, kind, actor, detail }) => ({ id, at: at.toISOString(), kind, actor, detail })),
    feed,
  };
}
