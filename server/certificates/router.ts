import { rest } from '../rest/operation';
import { canOnSome, router } from '../trpc';
import { exportHeld, heldExport } from './export-held';
import { heldQuery, listHeld } from './find-held';
import { heldPage } from './held-schema';

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
    .meta(
      rest('GET', '/certificates', {
        tag: 'Certificates',
        summary: 'List the certificates that agents hold',
        description: 'What ends first on top, a page at a time. Go on with `cursor` until `nextCursor` is null.',
      }),
    )
    .input(heldQuery)
    .output(heldPage)
    .query(({ ctx, input }) => listHeld(ctx, input)),

  /** A file's text, piece by piece. As a download and in no other way: `serveExports`. */
  export: canOnSome('certificates.read')
    .input(heldExport)
    .subscription(({ ctx, input }) => exportHeld(ctx, input)),

  warnings: canOnSome('certificates.read').query(({ ctx }) => ctx.certificateWatch.warnings(ctx)),
});
