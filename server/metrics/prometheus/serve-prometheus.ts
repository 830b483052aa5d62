import { type Request, type Response, Router } from 'express';
import type { Context } from '../../context';
import { AppError } from '../../errors';
import { sendPieces } from '../../http/send-pieces';
import { endingWith } from '../../inventory/scrapes';
import { EXPOSITION_TYPE } from '../../measures/exposition';
import { createCaller } from '../../router';

/** `GET /prometheus/hosts`: the procedure `metrics.prometheus` as a download. */
export function servePrometheus(createContext: (request: Request, response: Response) => Promise<Context>): Router {
  async function answer(request: Request, response: Response): Promise<void> {
    const caller = await createContext(request, response);
    const context = { ...caller, isDownload: true, scrapes: endingWith(caller.scrapes, response) };
    await sendPieces(
      { request, response, context },
      {
        // Judged by the procedure, as all input is.
        open: () => createCaller(context).metrics.prometheus(request.query),
        headers: { 'Content-Type': EXPOSITION_TYPE },
        what: 'figures of hosts for Prometheus',
      },
    );
  }
  return Router().get('/prometheus/hosts', (request, response, next) => {
    // Express answers HEAD by this too, and would read all of it to send none.
    if (request.method === 'HEAD') return next(new AppError('request.method'));
    answer(request, response).catch(next);
  });
}
