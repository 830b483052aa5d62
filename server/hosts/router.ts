import { z } from 'zod';
import { fqdn } from '../../agent/protocol';
import { rest } from '../rest/operation';
import { nothing } from '../rest/schema';
import { canOnHost, canOnSome, router } from '../trpc';
import { adoptName } from './adopt-name';
import { approveHost } from './approve-host';
import { countHosts } from './figures/count-hosts';
import { deleteHost } from './delete-host';
import { dismissClone } from '../clones/dismiss-clone';
import { exportHosts, hostExport } from './export-hosts';
import { findHostByFqdn, findHostById, findHostCertificate, findHostEvents, findHostPage } from './find-host';
import { hostQuery, listClonedHosts, listHosts, listWaitingHosts, waitingQuery } from './find-hosts';
import { findNamesakes } from '../conflicts/find-namesakes';
import { keepKnownHost } from './keep-known-host';
import { hostDetail, hostPage } from './host-schema';
import { chartSpan, findChart } from '../metrics/find-chart';
import { findRecentSeries } from '../metrics/find-last';
import { findMetrics, metricsAnswer, metricsQuery } from '../metrics/find-metrics';
import { rejectHost } from './reject-host';
import { replaceHost } from '../conflicts/replace-host';
import { revokeHost } from './revoke-host';
import { rotateCertificate, rotated, rotation } from './rotate-certificate';
import { splitClone } from '../clones/split-clone';
import { suggestedTags, suggestTags, tagPrefix } from './tags/suggest-tags';
import { hostChanges, updateHost } from './update-host';

const otherName = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(fqdn)
  .optional()
  .meta({
    description: 'The name it gets, when that is to be another than the one it came with.',
    examples: ['web-01.example.com'],
  });

/** `feed` in an answer is where the live stream goes on from without a gap. It is taken before the rows are read. */
export const hostsRouter = router({
  list: canOnSome('hosts.read')
    .meta(
      rest('GET', '/hosts', {
        tag: 'Hosts',
        summary: 'List hosts',
        description: 'A page at a time, sorted and filtered. Go on with `cursor` until `nextCursor` is null.',
      }),
    )
    .input(hostQuery)
    .output(hostPage)
    .query(async ({ ctx, input }) => ({ feed: ctx.hub.cursor(), ...(await listHosts(ctx, input)) })),

  /** A file's text, piece by piece. As a download and in no other way: `serveExports`. */
  export: canOnSome('hosts.read')
    .input(hostExport)
    .subscription(({ ctx, input }) => exportHosts(ctx, input)),

  suggestTags: canOnSome('hosts.read')
    .meta(
      rest('GET', '/tags', {
        tag: 'Hosts',
        summary: 'Find tags by how they begin',
        description: 'Of the hosts that the caller may see, for whoever is typing one.',
      }),
    )
    .input(tagPrefix)
    .output(suggestedTags)
    .query(({ ctx, input }) => suggestTags(ctx, input)),

  waiting: canOnSome('hosts.read')
    .input(waitingQuery.default({}))
    .query(async ({ ctx, input }) => ({ feed: ctx.hub.cursor(), ...(await listWaitingHosts(ctx, input)) })),

  /** Those that two machines claim to be. */
  cloned: canOnSome('hosts.read').query(({ ctx }) => listClonedHosts(ctx)),

  counts: canOnSome('hosts.read').query(async ({ ctx }) => {
    const feed = ctx.hub.cursor();
    const counts = await countHosts(ctx);
    return { feed, counts, total: Object.values(counts).reduce((sum, n) => sum + n, 0) };
  }),

  byId: canOnHost('hosts.read')
    .meta(rest('GET', '/hosts/{hostId}', { tag: 'Hosts', summary: 'Get a host', errors: ['host.not_found'] }))
    .output(hostDetail)
    .query(({ ctx, input }) => findHostById(ctx, input.hostId)),

  byFqdn: canOnSome('hosts.read')
    .meta(
      rest('GET', '/host/by_fqdn/{fqdn}', {
        tag: 'Hosts',
        summary: 'Get a host by name',
        description: 'The approved host of that name, or else the newest registration under it.',
        errors: ['host.not_found'],
      }),
    )
    .input(z.object({ fqdn }))
    .output(hostDetail)
    .query(({ ctx, input }) => findHostByFqdn(ctx, input.fqdn)),

  /** The host, and what is to be decided on it: what its page shows around each of its views. */
  page: canOnHost('hosts.read').query(({ ctx, input }) => findHostPage(ctx, input.hostId)),

  certificate: canOnHost('hosts.read').query(({ ctx, input }) => findHostCertificate(ctx, input.hostId)),

  events: canOnHost('hosts.read').query(({ ctx, input }) => findHostEvents(ctx, input.hostId)),

  /** Of the last while, oldest first. */
  samples: canOnHost('hosts.read').query(({ ctx, input }) => findRecentSeries(ctx, input.hostId)),

  metrics: canOnHost('hosts.read')
    .meta(
      rest('GET', '/hosts/{hostId}/metrics', {
        tag: 'Hosts',
        summary: 'Get what was measured of a host',
        description: 'At most 100,000 points: ask for fewer metrics, a shorter time or a longer step when it is more.',
        errors: ['host.not_found', 'metrics.too_many_points'],
      }),
    )
    .input(metricsQuery)
    .output(metricsAnswer)
    .query(({ ctx, input }) => findMetrics(ctx, input)),

  /** The same for its charts. */
  chart: canOnHost('hosts.read')
    .input(chartSpan)
    .query(({ ctx, input }) => findChart(ctx, input)),

  /** Who else goes by its name, the approved one first. */
  namesakes: canOnHost('hosts.read').query(({ ctx, input }) => findNamesakes(ctx, input.hostId)),

  update: canOnHost('hosts.update')
    .meta(
      rest('PATCH', '/hosts/{hostId}', {
        tag: 'Hosts',
        summary: 'Change what people say of a host',
        description: 'What is left out stays as it is.',
        errors: ['host.not_found', 'host.tags_of_machine'],
      }),
    )
    .input(hostChanges)
    .output(nothing)
    .mutation(({ ctx, input }) => updateHost(ctx, input)),

  approve: canOnHost('hosts.approve')
    .meta(
      rest('PUT', '/host/{hostId}/approve', {
        tag: 'Hosts',
        summary: 'Let a waiting host in',
        description: 'Signs the certificate it asked for.',
        errors: ['host.not_found', 'host.not_pending', 'host.name_taken'],
      }),
    )
    .input(z.object({ fqdn: otherName }))
    .output(nothing)
    .mutation(({ ctx, input }) => approveHost(ctx, input.hostId, input.fqdn)),

  keep: canOnHost('hosts.approve')
    .meta(
      rest('PUT', '/host/{hostId}/keep', {
        tag: 'Hosts',
        summary: 'Turn a newcomer away',
        description:
          'Resolves a conflict against the newcomer, whose id it takes; the host of that name is not touched.',
        errors: ['host.not_found', 'host.not_conflicting', 'host.no_known_one'],
      }),
    )
    .output(nothing)
    .mutation(({ ctx, input }) => keepKnownHost(ctx, input.hostId)),

  replace: canOnHost('hosts.approve')
    .meta(
      rest('PUT', '/host/{hostId}/replace', {
        tag: 'Hosts',
        summary: 'Let a newcomer take a host’s place',
        description:
          'Resolves a conflict for the newcomer, whose id it takes. The host keeps its id and its history; the certificates of its former key are withdrawn.',
        errors: ['host.not_found', 'host.not_conflicting', 'host.no_known_one'],
      }),
    )
    .output(nothing)
    .mutation(({ ctx, input }) => replaceHost(ctx, input.hostId)),

  /**
   * `keep` is the connection of the machine that stays the host; every other that is connected as it becomes a new one.
   */
  split: canOnHost('hosts.approve')
    .input(z.object({ keep: z.uuid() }))
    .mutation(({ ctx, input }) => splitClone(ctx, input)),

  dismissClone: canOnHost('hosts.approve').mutation(({ ctx, input }) => dismissClone(ctx, input.hostId)),

  rotateCertificate: canOnSome('certificates.rotate')
    .meta(
      rest('POST', '/hosts/rotate', {
        tag: 'Hosts',
        summary: 'Ask hosts for new keys and certificates',
        description:
          'Those that are connected at once, spread out when they are many; the others when they next connect. Either `hostIds` or `all`.',
      }),
    )
    .input(rotation)
    .output(rotated)
    .mutation(({ ctx, input }) => rotateCertificate(ctx, input)),

  adoptName: canOnHost('hosts.approve')
    .meta(
      rest('PUT', '/host/{hostId}/name', {
        tag: 'Hosts',
        summary: 'Adopt the name that a host’s machine calls itself by',
        description: 'It must be its `reportedFqdn`. The host keeps its id, its certificate and its history.',
        errors: ['host.not_found', 'host.not_approved', 'host.name_not_reported', 'host.name_taken'],
      }),
    )
    .input(z.object({ fqdn }))
    .output(nothing)
    .mutation(({ ctx, input }) => adoptName(ctx, input)),

  reject: canOnHost('hosts.approve')
    .meta(
      rest('PUT', '/host/{hostId}/reject', {
        tag: 'Hosts',
        summary: 'Turn a waiting host away',
        description: 'It may be approved later.',
        errors: ['host.not_found', 'host.not_pending'],
      }),
    )
    .output(nothing)
    .mutation(({ ctx, input }) => rejectHost(ctx, input.hostId)),

  revoke: canOnHost('hosts.revoke')
    .meta(
      rest('PUT', '/host/{hostId}/revoke', {
        tag: 'Hosts',
        summary: 'Withdraw a host’s certificate',
        description: 'For good; its connection is closed at once.',
        errors: ['host.not_found', 'host.not_approved'],
      }),
    )
    .output(nothing)
    .mutation(({ ctx, input }) => revokeHost(ctx, input.hostId)),

  delete: canOnHost('hosts.delete')
    .meta(
      rest('DELETE', '/hosts/{hostId}', {
        tag: 'Hosts',
        summary: 'Forget a host',
        description: 'Its certificates stay revoked. A machine that comes back with the same key is pending again.',
        errors: ['host.not_found'],
      }),
    )
    .output(nothing)
    .mutation(({ ctx, input }) => deleteHost(ctx, input.hostId)),
});
