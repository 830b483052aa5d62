import { z } from 'zod';
import type { AuditAction } from '../audit/actions';
import { recordAudit } from '../audit/record-audit';
import { recordRefusal } from '../audit/record-refusal';
import { findRights } from '../auth/find-rights';
import { mayAnywhere, type Permission } from '../auth/permissions';
import { AppError } from '../errors';
import type { SignedIn } from '../trpc';
import { DEFAULT_FORMAT, EXPORT_FORMATS, type ExportFormat, type Formats, writeFile } from './export';
import { everyPage, type List, type Page } from './list';

const PAGE = 200;

/** What an export takes besides what its list does. */
export const exported = { format: z.enum(EXPORT_FORMATS).default(DEFAULT_FORMAT) };

interface Export<Ctx, Filter, Row, Sort extends string, Shown> {
  list: List<Ctx, Filter, Row, Sort>;
  /** What the list is read with: the caller as they are at the time, for what they may see may change on the way. */
  context: (caller: SignedIn) => Ctx;
  asked: Pick<Page<Filter, Sort>, 'filter' | 'sort' | 'direction'> & { format: ExportFormat };
  row: (row: Row) => Shown;
  formats: Formats<Shown>;
  /** Without it nobody reads on. */
  permission: Permission;
  action: AuditAction;
  /** What its record says of what was asked for. */
  after: object;
}

/**
 * All that a filter leaves as the text of a file, piece by piece. A page is read when whoever takes the pieces has
 * taken the one before: memory holds one, however long the list. Who exports is recorded, before the first piece: what
 * has begun to leave has left. Whoever may not read the list any more gets no further page: the pieces end with
 * `auth.required` or `auth.forbidden`; whoever may see less of it gets no more than that. Throws `export.download_only`
 * where nothing would hold the pieces up.
 */
export async function exportList<Ctx, Filter, Row, Sort extends string, Shown>(
  asker: SignedIn,
  { list, context, asked, row, formats, permission, action, after }: Export<Ctx, Filter, Row, Sort, Shown>,
): Promise<AsyncGenerator<string, void>> {
  if (!asker.isDownload) throw new AppError('export.download_only');
  const { readsOf, session, transport } = asker;
  const reader = { key: session.user.id, hasLeft: () => transport.destroyed, isExport: true };
  const caller = { ...asker, db: readsOf(reader) };
  const { format, ...page } = asked;
  const pages = everyPage(list, context(caller), { ...page, limit: PAGE }, async () =>
    context(await asTheyAreNow(caller, { permission, action })),
  );
  // Before it is recorded: what cannot be read has not been exported.
  const first = await pages.next();
  await recordAudit(caller.db, caller, { action, after });

  async function* rows() {
    for (let read = first; !read.done; read = await pages.next()) yield read.value.map(row);
  }
  return writeFile(rows(), formats[format], caller.sayHeadings);
}

/** Between two pages may lie as long as the reader likes, and in it the end of their session or of their rights. */
async function asTheyAreNow(
  caller: SignedIn,
  { permission, action }: { permission: Permission; action: AuditAction },
): Promise<SignedIn> {
  const rights = await findRights(caller.db, caller.session);
  if (rights && mayAnywhere(rights, permission)) return { ...caller, session: { ...caller.session, ...rights } };
  const code = rights ? 'auth.forbidden' : 'auth.required';
  await recordRefusal(caller, { action, outcome: 'refused', code });
  throw new AppError(code);
}
