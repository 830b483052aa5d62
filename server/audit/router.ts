import { rest } from '../rest/operation';
import { can, router } from '../trpc';
import { auditExport, exportRecords } from './export-records';
import { auditPage, listRecords } from './list-records';
import { auditRecordPage } from './record-schema';

export const auditRouter = router({
  list: can('audit.read')
    .meta(
      rest('GET', '/audit', {
        tag: 'Audit',
        summary: 'List audit records',
        description: 'Latest first, a page at a time. Go on with `cursor` until `nextCursor` is null.',
      }),
    )
    .input(auditPage)
    .output(auditRecordPage)
    .query(({ ctx, input }) => listRecords(ctx, input)),

  /** A file's text, piece by piece. As a download and in no other way: `serveExports`. */
  export: can('audit.read')
    .input(auditExport)
    .subscription(({ ctx, input }) => exportRecords(ctx, input)),
});
