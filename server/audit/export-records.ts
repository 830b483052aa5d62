import type { z } from 'zod';
import { formatsOf } from '../list/export';
import { exported, exportList } from '../list/export-list';
import type { SignedIn } from '../trpc';
import { auditFilter, auditList, LATEST_FIRST, recordRow } from './list-records';

export const auditExport = auditFilter.extend(exported);

export const RECORD_FORMATS = formatsOf<ReturnType<typeof recordRow>>([
  'sequence',
  'at',
  'actorKind',
  'actorId',
  'actorLabel',
  'action',
  'objectKind',
  'objectId',
  'objectLabel',
  'address',
  'requestId',
  'outcome',
  'code',
  'before',
  'after',
  'id',
]);

/** The log as the text of a file, newest first; otherwise as `exportList`. */
export async function exportRecords(ctx: SignedIn, { format, ...filter }: z.infer<typeof auditExport>) {
  await ctx.audit.trySeal();
  return exportList(ctx, {
    list: auditList,
    context: ({ db }) => ({ db }),
    asked: { format, filter, ...LATEST_FIRST },
    row: recordRow,
    formats: RECORD_FORMATS,
    permission: 'audit.read',
    action: 'audit.export',
    after: { format, ...filter },
  });
}
