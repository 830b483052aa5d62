import { z } from 'zod';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { EXPORT_FORMATS, FORMATS } from './format-export';
import { auditFilter, listRecords } from './list-records';
import { recordAudit } from './record-audit';

const PAGE = 200;

export const auditExport = auditFilter.extend({ format: z.enum(EXPORT_FORMATS).default('jsonl') });

/**
 * The log as the text of a file, piece by piece, newest first. A page is read when whoever takes the pieces has taken the
 * one before: memory holds one, however long the log. Who exports is recorded, before the first piece: what has begun to
 * leave has left. Throws `audit.download_only` where nothing would hold the pieces up.
 */
export async function exportRecords(ctx: SignedIn, { format, ...filter }: z.infer<typeof auditExport>): Promise<AsyncGenerator<string, void>> {
  if (!ctx.isDownload) throw new AppError('audit.download_only');
  const first = await listRecords(ctx, { ...filter, limit: PAGE });
  await recordAudit(ctx.db, ctx, { action: 'audit.export', after: { format, ...filter } });
  const { head, line } = FORMATS[format];

  async function* pieces() {
    if (head) yield head;
    for (let page = first; ; page = await listRecords(ctx, { ...filter, cursor: page.nextCursor, limit: PAGE })) {
      if (page.records.length > 0) yield page.records.map(line).join('');
      if (!isFollowed(page)) return;
    }
  }
  return pieces();
}

const isFollowed = <Page extends { nextCursor: string | null }>(page: Page): page is Page & { nextCursor: string } => page.nextCursor !== null;
