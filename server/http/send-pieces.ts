import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TRPCError } from '@trpc/server';
import type { Request, Response } from 'express';
import type { Context } from '../context';
import { AppError, httpStatusOf } from '../errors';
import { refuse } from '../rest/refuse';

interface Asked {
  request: Request;
  response: Response;
  context: Context;
}

interface Download {
  /** The procedure, called as a download: what it refuses is answered as REST does. */
  open: () => Promise<AsyncIterable<string | Buffer>>;
  headers: Record<string, string>;
  /** For the log. */
  what: string;
}

/**
 * What a procedure yields as an answer that goes as fast as it is read: memory holds a piece. Whatever fails before the
 * first piece is thrown on, unless it is a refusal.
 */
export async function sendPieces({ request, response, context }: Asked, { open, headers, what }: Download) {
  const pieces = await open().catch((error: unknown) => {
    if (!(error instanceof TRPCError) || httpStatusOf(error) >= 500) throw error;
    refuse(request, response, error, context.requestId);
  });
  if (!pieces) return;
  response.set({ ...headers, 'Cache-Control': 'no-store' });
  try {
    await pipeline(Readable.from(pieces, { objectMode: true, highWaterMark: 1 }), response);
  } catch (error) {
    // Who leaves in the middle has seen enough, or took nothing for so long that the listener cut them off. Anything
    // else has cut the answer short, which a download shows.
    if ((error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE') return;
    const about = { what, requestId: context.requestId };
    if (error instanceof AppError)
      context.log.info({ ...about, code: error.appCode }, 'a download ended, because its reader may not read on');
    else context.log.error({ ...about, err: error }, 'a download broke off');
  }
}
