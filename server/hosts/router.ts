import { z } from 'zod';
import { fqdn } from '../../agent/protocol';
import { can, router } from '../trpc';
import { approveHost } from './approve-host';
import { deleteHost } from './delete-host';
import { dismissClone } from './dismiss-clone';
import { findHostByFqdn, findHostById } from './find-host';
import { hostFilter, listClonedHosts, listHosts, listWaitingHosts } from './find-hosts';
import { findNamesakes } from './find-namesakes';
import { keepKnownHost } from './keep-known-host';
import { streamHosts } from './live';
import { rejectHost } from './reject-host';
import { replaceHost } from './replace-host';
import { revokeHost } from './revoke-host';
import { rotateCertificate, rotation } from './rotate-certificate';
import { splitClone } from './split-clone';

const hostId = z.uuid();
const oneHost = z.object({ hostId });

/** `feed` in an answer is where `live` goes on from without a gap. It is taken before the rows are read. */
export const hostsRouter = router({
  list: can('hosts.read')
    .input(hostFilter)
    .query(async ({ ctx, input }) => ({ feed: ctx.feed.cursor(), ...(await listHosts(ctx, input)) })),

  waiting: can('hosts.read').query(async ({ ctx }) => ({ feed: ctx.feed.cursor(), ...(await listWaitingHosts(ctx)) })),

  /** Those that two machines claim to be. */
  cloned: can('hosts.read').query(({ ctx }) => listClonedHosts(ctx)),

  counts: can('hosts.read').query(async ({ ctx }) => {
    const feed = ctx.feed.cursor();
    const counts = await ctx.feed.counts();
    return { feed, counts, total: Object.values(counts).reduce((sum, n) => sum + n, 0) };
  }),

  byId: can('hosts.read').input(oneHost).query(({ ctx, input }) => findHostById(ctx, input.hostId)),

  byFqdn: can('hosts.read').input(z.object({ fqdn })).query(({ ctx, input }) => findHostByFqdn(ctx, input.fqdn)),

  /** Who else goes by its name, the approved one first. */
  namesakes: can('hosts.read').input(oneHost).query(({ ctx, input }) => findNamesakes(ctx, input.hostId)),

  approve: can('hosts.approve')
    .input(oneHost.extend({ fqdn: fqdn.optional() }))
    .mutation(({ ctx, input }) => approveHost(ctx, input.hostId, input.fqdn)),

  /** Resolves a conflict against the newcomer, whose id it takes. */
  keep: can('hosts.approve').input(oneHost).mutation(({ ctx, input }) => keepKnownHost(ctx, input.hostId)),

  /** Resolves a conflict for the newcomer, whose id it takes: it gets the known host's place. */
  replace: can('hosts.approve').input(oneHost).mutation(({ ctx, input }) => replaceHost(ctx, input.hostId)),

  reject: can('hosts.approve').input(oneHost).mutation(({ ctx, input }) => rejectHost(ctx, input.hostId)),

  /** `keep` is the connection of the machine that stays the host; every other that is connected as it becomes a new one. */
  split: can('hosts.approve')
    .input(oneHost.extend({ keep: z.uuid() }))
    .mutation(({ ctx, input }) => splitClone(ctx, input)),

  dismissClone: can('hosts.approve').input(oneHost).mutation(({ ctx, input }) => dismissClone(ctx, input.hostId)),

  revoke: can('hosts.revoke').input(oneHost).mutation(({ ctx, input }) => revokeHost(ctx, input.hostId)),

  rotateCertificate: can('certificates.rotate').input(rotation).mutation(({ ctx, input }) => rotateCertificate(ctx, input)),

  delete: can('hosts.delete').input(oneHost).mutation(({ ctx, input }) => deleteHost(ctx, input.hostId)),

  /** Changes after `lastEventId`: of the hosts named, and of all that wait for approval. See `LiveChange`. */
  live: can('hosts.read')
    .input(z.object({ lastEventId: z.string().max(100).nullish(), hostIds: z.array(hostId).max(200).default([]) }))
    .subscription(({ ctx, input, signal }) => streamHosts(ctx, input, signal!)),
});
