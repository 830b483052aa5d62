import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TRPCError } from '@trpc/server';
import { type Request, type Response, Router } from 'express';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { AppError, httpStatusOf } from '../errors';
import { DEFAULT_FORMAT } from '../list/export';
import { refuse } from '../rest/refuse';
import { createCaller } from '../router';
import type { Context } from '../context';
import type { auditExport } from './export-records';
import { FORMATS } from './format-export';

/**
 * `GET /audit/export?format=csv|jsonl` and the filters of `audit.list`: the procedure `audit.export` as a download, on
 * either listener. The call spends and mints a token like any other, before the first piece of the answer.
 */
export function serveAuditExport(createContext: (request: Request, response: Response) => Promise<Context>): Router {
  async function answer(request: Request, response: Response): Promise<void> {
    const context = { ...(await createContext(request, response)), isDownload: true };
    // Judged by the procedure, as all input is.
    const input = request.query as z.input<typeof auditExport>;
    const pieces = await createCaller(context)
      .audit.export(input)
      .catch((error: unknown) => {
        if (!(error instanceof TRPCError) || httpStatusOf(error) >= 500) throw error;
        refuse(request, response, error, context.requestId);
      });
    if (!pieces) return;
    const format = input.format ?? DEFAULT_FORMAT;
    response.set({
      'Content-Type': FORMATS[format].contentType,
      'Content-Disposition': `attachment; filename="audit-${new Date().toISOString().slice(0, 10)}.${format}"`,
      'Cache-Control': 'no-store',
    });
    try {
      await pipeline(Readable.from(pieces, { objectMode: true, highWaterMark: 1 }), response);
    } catch (error) {
      // Who leaves in the middle has seen enough, or took nothing for so long that the listener cut them off. Anything
      // else has cut the answer short, which a download shows.
      if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return;
      const { requestId } = context;
      if (error instanceof AppError)
        context.log.info(
          { code: error.appCode, requestId },
          'an audit export ended, because its reader may not read on',
        );
      else context.log.error({ err: error, requestId }, 'an audit export broke off');
    }
  }
  return (
    Router()
      // Express would answer it with GET's handler: the whole log would be read to send none of it.
      .head('/audit/export', (request, response) => {
        response.set('Allow', 'GET');
        refuse(request, response, new AppError('request.method'), uuidv7());
      })
      .get('/audit/export', (request, response, next) => void answer(request, response).catch(next))
  );
}
