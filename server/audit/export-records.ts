import { z } from 'zod';
import { findPermissions } from '../auth/find-permissions';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { DEFAULT_FORMAT, EXPORT_FORMATS, FORMATS } from './format-export';
import { auditFilter, listRecords } from './list-records';
import { recordAudit } from './record-audit';
import { recordRefusal } from './record-refusal';

const PAGE = 200;

export const auditExport = auditFilter.extend({ format: z.enum(EXPORT_FORMATS).default(DEFAULT_FORMAT) });

/**
 * The log as the text of a file, piece by piece, newest first. A page is read when whoever takes the pieces has taken the
 * one before: memory holds one, however long the log. Who exports is recorded, before the first piece: what has begun to
 * leave has left. Whoever may not read the log any more gets no further page: the pieces end with `auth.required` or
 * `auth.forbidden`.
 */
export async function exportRecords(ctx: SignedIn, { format, ...filter }: z.infer<typeof auditExport>): Promise<AsyncGenerator<string, void>> {
  const first = await listRecords(ctx, { ...filter, limit: PAGE });
  await recordAudit(ctx.db, ctx, { action: 'audit.export', after: { format, ...filter } });
  const { head, line } = FORMATS[format];

  async function* pieces() {
    if (head) yield head;
    for (let page = first; ; page = await listRecords(ctx, { ...filter, cursor: page.nextCursor, limit: PAGE })) {
      if (page.records.length > 0) yield page.records.map(line).join('');
      if (!isFollowed(page)) return;
      await refuseWithdrawn(ctx);
    }
  }
  return pieces();
}

/** Between two pages may lie as long as the reader likes, and in it the end of their session or of their rights. */
async function refuseWithdrawn(ctx: SignedIn): Promise<void> {
  const permissions = await findPermissions(ctx.db, ctx.session);
  if (permissions?.has('audit.read')) return;
  const code = permissions ? 'auth.forbidden' : 'auth.required';
  await recordRefusal(ctx, { action: 'audit.export', outcome: 'refused', code });
  throw new AppError(code);
}

const isFollowed = <Page extends { nextCursor: string | null }>(page: Page): page is Page & { nextCursor: string } => page.nextCursor !== null;
