import { z } from 'zod';
import { fqdn } from '../../agent/protocol';
import { can, router } from '../trpc';
import { approveHost } from './approve-host';
import { deleteHost } from './delete-host';
import { findHostByFqdn, findHostById } from './find-host';
import { hostFilter, listHosts, listWaitingHosts } from './find-hosts';
import { streamHosts } from './live';
import { rejectHost } from './reject-host';
import { revokeHost } from './revoke-host';
import { rotateCertificate, rotation } from './rotate-certificate';

const hostId = z.uuid();
const oneHost = z.object({ hostId });

/** `feed` in an answer is where `live` goes on from without a gap. It is taken before the rows are read. */
export const hostsRouter = router({
  list: can('hosts.read')
    .input(hostFilter)
    .query(async ({ ctx, input }) => ({ feed: ctx.feed.cursor(), ...(await listHosts(ctx, input)) })),

  waiting: can('hosts.read').query(async ({ ctx }) => ({ feed: ctx.feed.cursor(), ...(await listWaitingHosts(ctx)) })),

  counts: can('hosts.read').query(async ({ ctx }) => {
    const feed = ctx.feed.cursor();
    const counts = await ctx.feed.counts();
    return { feed, counts, total: Object.values(counts).reduce((sum, n) => sum + n, 0) };
  }),

  byId: can('hosts.read').input(oneHost).query(({ ctx, input }) => findHostById(ctx, input.hostId)),

  byFqdn: can('hosts.read').input(z.object({ fqdn })).query(({ ctx, input }) => findHostByFqdn(ctx, input.fqdn)),

  approve: can('hosts.approve').input(oneHost).mutation(({ ctx, input }) => approveHost(ctx, input.hostId)),

  reject: can('hosts.approve').input(oneHost).mutation(({ ctx, input }) => rejectHost(ctx, input.hostId)),

  revoke: can('hosts.revoke').input(oneHost).mutation(({ ctx, input }) => revokeHost(ctx, input.hostId)),

  rotateCertificate: can('certificates.rotate').input(rotation).mutation(({ ctx, input }) => rotateCertificate(ctx, input)),

  delete: can('hosts.delete').input(oneHost).mutation(({ ctx, input }) => deleteHost(ctx, input.hostId)),

  /** Changes after `lastEventId`: of the hosts named, and of all that wait for approval. See `LiveChange`. */
  live: can('hosts.read')
    .input(z.object({ lastEventId: z.string().max(100).nullish(), hostIds: z.array(hostId).max(200).default([]) }))
    .subscription(({ ctx, input, signal }) => streamHosts(ctx, input, signal!)),
});
