import { and, desc, eq, getTableColumns, type SQL } from 'drizzle-orm';
import { certificates, enrolmentTokens, hostEvents, hosts, users } from '../../db/schema';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { findFleetsOf } from '../fleets/find-fleets';
import { findOpenClone } from '../clones/find-open-clone';
import { findRecentSeries } from '../metrics/find-last';
import { hostRows } from './find-hosts';
import type { HostDetail } from './host-schema';
import { isToBeHeard } from '../configuration/not-as-wanted';
import { readDetail } from '../kept-words';
import { visibleHosts } from './visible-hosts';

const SHOWN_EVENTS = 50;

/** Everything of one host. Throws `host.not_found`. */
export const findHostById = (ctx: SignedIn, hostId: string) => findHost(ctx, eq(hosts.id, hostId));

/** The approved host of that name, or else the newest registration under it. Throws `host.not_found`. */
export const findHostByFqdn = (ctx: SignedIn, fqdn: string) => findHost(ctx, eq(hosts.fqdn, fqdn));

async function findHost(ctx: SignedIn, condition: SQL): Promise<HostDetail> {
  const page = await findPage(ctx, condition);
  const { id } = page.host;
  return {
    ...page,
    certificate: await findHostCertificate(ctx, id),
    samples: await findRecentSeries(ctx, id),
    events: await findHostEvents(ctx, id),
  };
}

/** What the page of a host shows around each of its views. Throws `host.not_found`. */
export const findHostPage = (ctx: SignedIn, hostId: string) => findPage(ctx, eq(hosts.id, hostId));

async function findPage(ctx: SignedIn, condition: SQL): Promise<Pick<HostDetail, 'host' | 'clone' | 'feed'>> {
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
  const [row] = await hostRows(ctx, [host]);
  const inFleets = (await findFleetsOf(ctx, [host.id])).get(host.id) ?? [];
  return {
    host: {
      ...row!,
      notes: host.notes,
      kernel: host.kernel,
      architecture: host.architecture,
      hardware: host.hardware,
      bootedAt: host.bootedAt?.toISOString() ?? null,
      decidedAt: host.decidedAt?.toISOString() ?? null,
      decidedBy: host.decidedByEmail,
      fleets: [...inFleets],
      fleetTags: [...new Set(inFleets.flatMap(({ tags }) => tags))],
      enrolmentToken: host.enrolmentToken,
    },
    clone: host.approval === 'approved' ? await findOpenClone(ctx, host.id) : null,
    feed,
  };
}

/** The one that it uses, not a renewal that waits; null before it has one. */
export async function findHostCertificate(ctx: SignedIn, hostId: string): Promise<HostDetail['certificate']> {
  const [row] = await ctx.db
    .select({ certificate: certificates })
    .from(certificates)
    .innerJoin(hosts, eq(hosts.id, certificates.hostId))
    .where(and(visibleHosts(ctx), eq(certificates.hostId, hostId)))
    .orderBy(desc(eq(certificates.keyFingerprint, hosts.keyFingerprint)), desc(certificates.issuedAt))
    .limit(1);
  if (!row) return null;
  const { serial, fingerprint, issuedAt, notBefore, notAfter, revokedAt } = row.certificate;
  return {
    serial,
    fingerprint,
    issuedAt: issuedAt.toISOString(),
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}

/** Latest first, at most 50. */
export async function findHostEvents(ctx: SignedIn, hostId: string): Promise<HostDetail['events']> {
  const rows = await ctx.db
    .select({ event: hostEvents })
    .from(hostEvents)
    .innerJoin(hosts, eq(hosts.id, hostEvents.hostId))
    .where(and(visibleHosts(ctx), eq(hostEvents.hostId, hostId), isToBeHeard(ctx)))
    .orderBy(desc(hostEvents.id))
    .limit(SHOWN_EVENTS);
  return rows.map(({ event: { id, at, kind, actor, detail } }) => ({
    ...{ id, at: at.toISOString(), kind, actor },
    ...readDetail(detail),
  }));
}
