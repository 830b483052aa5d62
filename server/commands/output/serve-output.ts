import { type Request, type Response, Router } from 'express';
import type { z } from 'zod';
import { AppError } from '../../errors';
import { sendPieces } from '../../http/send-pieces';
import { createCaller } from '../../router';
import type { Context } from '../../context';
import type { outputFile } from './read-output';

/**
 * `GET /commands/{commandId}/runs/{hostId}/output` and `?stream=`: the procedure `commands.outputFile` as a download,
 * on either listener. What a machine wrote may be anything: no browser is to take it for a page.
 */
export function serveOutput(createContext: (request: Request, response: Response) => Promise<Context>): Router {
  async function answer(request: Request, response: Response): Promise<void> {
    const context = { ...(await createContext(request, response)), isDownload: true };
    // Judged by the procedure, as all input is.
    const input = { ...request.query, ...request.params } as z.input<typeof outputFile>;
    // Of ids that are none nothing is sent.
    const [command, host] = [input.commandId, input.hostId].map((id) => id.slice(0, 8));
    await sendPieces(
      { request, response, context },
      {
        open: () => createCaller(context).commands.outputFile(input),
        headers: {
          'Content-Type': 'application/octet-stream',
          'Content-Disposition': `attachment; filename="output-${command}-${host}.txt"`,
          'X-Content-Type-Options': 'nosniff',
        },
        what: 'output of a command',
      },
    );
  }
  return Router().get('/commands/:commandId/runs/:hostId/output', (request, response, next) => {
    // Express answers HEAD by this too, and would read all of it to send none.
    if (request.method === 'HEAD') return next(new AppError('request.method'));
    answer(request, response).catch(next);
  });
}
