import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { appErrorCode } from '../errors';
import { type Api, createCaller } from '../router';
import type { Context } from '../trpc';
import { EXPORT_FORMATS, FORMATS } from './format-export';
import { type AuditFilter, auditFilter } from './list-records';
import { recordAudit } from './record-audit';

const PAGE = 200;

const query = auditFilter.extend({ format: z.enum(EXPORT_FORMATS) });

/**
 * `GET /audit/export?format=csv|jsonl` and the filters of `audit.list`, newest first. It reads by that very procedure,
 * page after page, so that its permission holds here too. The next page is read when the client has taken the one
 * before: memory holds one, however long the log. Who exports is recorded.
 */
export function serveAuditExport(createContext: (request: Request, response: Response) => Promise<Context>): Router {
  async function answer(request: Request, response: Response): Promise<void> {
    const context = await createContext(request, response);
    const parsed = query.safeParse(request.query);
    if (!parsed.success) return void response.status(400).type('text').send(`${z.prettifyError(parsed.error)}\n`);
    const { format, ...filter } = parsed.data;
    const { contentType, head, line } = FORMATS[format];
    const pages = readPages(createCaller(context), filter);
    // Before the head of the answer: a refusal must still be able to become its status.
    const first = await pages.next().catch((error: unknown) => {
      if (!(error instanceof TRPCError) || getHTTPStatusCodeFromError(error) >= 500) throw error;
      response.status(getHTTPStatusCodeFromError(error)).type('text').send(`${appErrorCode(error)}\n`);
    });
    if (!first) return;
    await recordAudit(context.db, context, { action: 'audit.export', after: { format, ...filter } });
    response.set({
      'Content-Type': contentType,
      'Content-Disposition': `attachment; filename="audit-${new Date().toISOString().slice(0, 10)}.${format}"`,
      'Cache-Control': 'no-store',
    });
    async function* lines() {
      yield head;
      for (let page = first; page && !page.done; page = await pages.next()) yield page.value.map(line).join('');
    }
    try {
      await pipeline(Readable.from(lines(), { objectMode: true, highWaterMark: 1 }), response);
    } catch (error) {
      // Who leaves in the middle has seen enough. Anything else has cut the answer short, which a download shows.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') context.log.error({ err: error, requestId: context.requestId }, 'an audit export broke off');
    }
  }
  return Router().get('/audit/export', (request, response, next) => void answer(request, response).catch(next));
}

async function* readPages(api: Api, filter: AuditFilter) {
  let cursor: string | undefined;
  do {
    const page = await api.audit.list({ ...filter, cursor, limit: PAGE });
    yield page.records;
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
}
