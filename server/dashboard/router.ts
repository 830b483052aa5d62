import { canOnSome, router } from '../trpc';
import { findOverview } from './find-overview';

/** What its first page shows beside the lists of hosts, which are in `hosts`. */
export const dashboardRouter = router({ overview: canOnSome('hosts.read').query(({ ctx }) => findOverview(ctx)) });
