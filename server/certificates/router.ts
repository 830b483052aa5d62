import { canOnSome, router } from '../trpc';
import { heldQuery, listHeld } from './find-held';

export const certificatesRouter = router({
  /** What each TLS listener serves and the CAs, as of at most a minute ago, and the revocation list as it is now. */
  served: canOnSome('certificates.read').query(async ({ ctx }) => {
    const { number, thisUpdate, nextUpdate, entries } = await ctx.revocationLists.current();
    return {
      ...(await ctx.certificateWatch.own()),
      revocationList: { number, thisUpdate: thisUpdate.toISOString(), nextUpdate: nextUpdate.toISOString(), entries },
    };
  }),

  held: canOnSome('certificates.read')
    .input(heldQuery)
    .query(({ ctx, input }) => listHeld(ctx, input)),

  warnings: canOnSome('certificates.read').query(({ ctx }) => ctx.certificateWatch.warnings(ctx)),
});
