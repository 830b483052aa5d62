import { z } from 'zod';
import { findRights } from '../auth/find-rights';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { DEFAULT_FORMAT, EXPORT_FORMATS, writeFile } from '../list/export';
import { everyPage } from '../list/list';
import { FORMATS } from './format-export';
import { auditFilter, auditList, LATEST_FIRST, recordRow } from './list-records';
import { recordAudit } from './record-audit';
import { recordRefusal } from './record-refusal';

const PAGE = 200;

export const auditExport = auditFilter.extend({ format: z.enum(EXPORT_FORMATS).default(DEFAULT_FORMAT) });

/**
 * The log as the text of a file, piece by piece, newest first. A page is read when whoever takes the pieces has taken
 * the one before: memory holds one, however long the log. Who exports is recorded, before the first piece: what has
 * begun to leave has left. Whoever may not read the log any more gets no further page: the pieces end with
 * `auth.required` or `auth.forbidden`. Throws `audit.download_only` where nothing would hold the pieces up.
 */
export async function exportRecords(
  ctx: SignedIn,
  { format, ...filter }: z.infer<typeof auditExport>,
): Promise<AsyncGenerator<string, void>> {
  if (!ctx.isDownload) throw new AppError('audit.download_only');
  // Before it is recorded: what cannot be read has not been exported.
  await ctx.audit.trySeal();
  const pages = everyPage(auditList, ctx, { filter, ...LATEST_FIRST, limit: PAGE }, () => refuseWithdrawn(ctx));
  const first = await pages.next();
  await recordAudit(ctx.db, ctx, { action: 'audit.export', after: { format, ...filter } });

  async function* records() {
    for (let page = first; !page.done; page = await pages.next()) yield page.value.map(recordRow);
  }
  return writeFile(records(), FORMATS[format]);
}

/** Between two pages may lie as long as the reader likes, and in it the end of their session or of their rights. */
async function refuseWithdrawn(ctx: SignedIn): Promise<void> {
  const rights = await findRights(ctx.db, ctx.session);
  if (rights?.permissions.has('audit.read')) return;
  const code = rights ? 'auth.forbidden' : 'auth.required';
  await recordRefusal(ctx, { action: 'audit.export', outcome: 'refused', code });
  throw new AppError(code);
}
