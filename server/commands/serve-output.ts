import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TRPCError } from '@trpc/server';
import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { AppError, httpStatusOf } from '../errors';
import { refuse } from '../rest/refuse';
import { createCaller } from '../router';
import type { Context } from '../context';
import type { outputFile } from './read-output';

/**
 * `GET /commands/{commandId}/runs/{hostId}/output` and `?stream=`: the procedure `commands.outputFile` as a download, on
 * either listener. What a machine wrote may be anything: no browser is to take it for a page.
 */
export function serveOutput(createContext: (request: Request, response: Response) => Promise<Context>): Router {
  async function answer(request: Request, response: Response): Promise<void> {
    const context = { ...(await createContext(request, response)), isDownload: true };
    // Judged by the procedure, as all input is.
    const input = { ...request.query, ...request.params } as z.input<typeof outputFile>;
    const pieces = await createCaller(context)
      .commands.outputFile(input)
      .catch((error: unknown) => {
        if (!(error instanceof TRPCError) || httpStatusOf(error) >= 500) throw error;
        refuse(request, response, error, context.requestId);
      });
    if (!pieces) return;
    response.set({
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="output-${input.commandId.slice(0, 8)}-${input.hostId.slice(0, 8)}.txt"`,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    try {
      await pipeline(Readable.from(pieces, { objectMode: true, highWaterMark: 1 }), response);
    } catch (error) {
      // Who leaves in the middle has seen enough. Anything else has cut the answer short, which a download shows.
      if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return;
      context.log.error({ err: error, requestId: context.requestId }, 'a download of output broke off');
    }
  }
  return Router().get('/commands/:commandId/runs/:hostId/output', (request, response, next) => {
    // Express answers HEAD by this too, and would read all of it to send none.
    if (request.method === 'HEAD') return next(new AppError('request.method'));
    answer(request, response).catch(next);
  });
}
