import { z } from 'zod';
import { canOnSome, router } from '../trpc';
import { findEventsOfQuarter } from './find-events';
import { findOverview } from './find-overview';
import { mistake } from '../../words/explain-issue';

/** What its first page shows beside the lists of hosts, which are in `hosts`. */
export const dashboardRouter = router({
  overview: canOnSome('hosts.read').query(({ ctx }) => findOverview(ctx)),

  /** What happened in a quarter of an hour, by when it begins. */
  quarter: canOnSome('hosts.read')
    .input(z.object({ at: z.iso.datetime().refine((at) => Date.parse(at) >= 0, mistake('common.input.wrong')) }))
    .query(({ ctx, input }) => findEventsOfQuarter(ctx, Date.parse(input.at))),
});
