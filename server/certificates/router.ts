import { can, router } from '../trpc';
import { heldFilter, listHeld } from './find-held';
import { findAuthorities, findServed } from './find-served';
import { findWarnings } from './find-warnings';

export const certificatesRouter = router({
  /** What each TLS listener serves now, the CAs, and the revocation list as it is now. */
  served: can('certificates.read').query(async ({ ctx }) => {
    const { number, thisUpdate, nextUpdate, entries } = await ctx.revocationLists.current();
    return {
      listeners: await findServed(ctx),
      ...(await findAuthorities(ctx)),
      revocationList: { number, thisUpdate: thisUpdate.toISOString(), nextUpdate: nextUpdate.toISOString(), entries },
    };
  }),

  held: can('certificates.read').input(heldFilter).query(({ ctx, input }) => listHeld(ctx, input)),

  warnings: can('certificates.read').query(({ ctx }) => findWarnings(ctx)),
});
