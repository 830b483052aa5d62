import { STATUS_CODES } from 'node:http';
import { TRPCError } from '@trpc/server';
import type { ErrorRequestHandler } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { AppError, appErrorCode, asAppError, httpStatusOf, retryAfterOf } from '../errors';
import { type Log, logOurFault } from '../log';
import { errorWords } from '../rest/say-error';
import { answerPlainly } from './answer-plainly';

/**
 * The last handler of a listener: what no other answered for. Express's own would print the stack past our log and,
 * unless NODE_ENV says production, show it to whoever asked.
 */
export function answerFailure(log: Log): ErrorRequestHandler {
  return (error: TRPCError | { status?: unknown }, request, response, next) => {
    // Half of an answer is out: only Express can still cut the connection.
    if (response.headersSent) return next(error);
    // Express and its parts name what the caller did wrong: a file that is not there, a path that cannot be decoded.
    const status = error instanceof TRPCError ? httpStatusOf(error) : error.status;
    if (typeof status === 'number' && status >= 400 && status < 500) {
      const say = (language: string) => errorWords.text('problem.notFound.text', language);
      // An address that cannot be decoded is none.
      if (status === 400 || status === 404)
        return answerPlainly(request, response, { status, say, line: STATUS_CODES[status]! });
      return void response.sendStatus(status);
    }
    const requestId = uuidv7();
    logOurFault(log, 'request failed', error, { requestId });
    const failure = error instanceof AppError ? error : asAppError(error as Error);
    const seconds = retryAfterOf(failure);
    if (seconds !== null) response.set('Retry-After', String(seconds));
    answerPlainly(request, response, {
      status: httpStatusOf(failure),
      say: (language) => errorWords.say(appErrorCode(failure), language, seconds),
      ...(seconds === null
        ? { line: `The server failed to answer. Its log says why: ${requestId}`, requestId }
        : { line: 'The server’s database does not serve. The log says why' }),
    });
  };
}
