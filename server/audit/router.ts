import { can, router } from '../trpc';
import { auditPage, listRecords } from './list-records';

export const auditRouter = router({
  list: can('audit.read').input(auditPage).query(({ ctx, input }) => listRecords(ctx, input)),
});
