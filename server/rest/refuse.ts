import { TRPCError } from '@trpc/server';
import type { ErrorRequestHandler, Request, Response } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { AppError, appErrorCode, asAppError, httpStatusOf, issuesOf, retryAfterOf } from '../errors';
import { matchLanguage } from '../../words/match-language';
import { sayIn } from '../../words/say';
import { FALLBACK_LANGUAGE } from '../http/languages';
import { accountLanguageOf } from './account-language';
import { type Log, logOurFault } from '../log';
import { errorWords } from './say-error';
import { textLike } from './schema';

/** What everything on the API listener but tRPC says when it refuses. */
export const problem = z
  .object({
    code: textLike('host.not_found').meta({ description: 'Stable: what scripts may rely on.' }),
    message: textLike('There is no such host.').meta({
      description:
        'The same for people, in a language that `Accept-Language` asks for; without one in that of the account.',
    }),
    requestId: z.string().meta({ format: 'uuid', description: 'Finds the request in the server’s log.' }),
    issues: z
      .array(
        z.object({
          path: textLike('limit'),
          message: textLike('must be 200 or less').meta({ description: 'For people, in the same language.' }),
          rule: z
            .object({
              fault: textLike('value_wrong'),
              at: z.number().int().meta({ description: 'At which of its characters, counted from 1.' }),
              expected: z
                .array(textLike('linux'))
                .readonly()
                .meta({ description: 'What could stand there, if that is on a list.' }),
            })
            .optional()
            .meta({ description: 'What is wrong with a rule. Absent for all else.' }),
        }),
      )
      .meta({ description: 'Where the input is wrong, and how. Empty for all other errors.' }),
  })
  .meta({ id: 'Error' });

/** Answers with an error, in the one shape that errors have. */
export function refuse(
  request: Request,
  response: Response,
  error: TRPCError,
  requestId: string,
  words = errorWords,
): void {
  const code = appErrorCode(error);
  const seconds = retryAfterOf(error);
  const asked = [...request.acceptsLanguages(), accountLanguageOf(response) ?? []].flat();
  const language = matchLanguage(asked, words.languages) ?? FALLBACK_LANGUAGE;
  const status = httpStatusOf(error);
  const body: z.infer<typeof problem> = {
    code,
    message: words.say(code, language, seconds),
    requestId,
    issues: issuesOf(error, sayIn([language]), (rule) => words.sayRule(rule, language)),
  };
  if (seconds !== null) response.set('Retry-After', String(seconds));
  // RFC 6750, 3.
  if (status === 401)
    response.set('WWW-Authenticate', code === 'auth.required' ? 'Bearer' : 'Bearer error="invalid_token"');
  response.status(status).vary('Accept-Language').set('Content-Language', language).json(body);
}

/**
 * The same for what is no request that anything could read, and so has no language: 400 and 413. Empty for other
 * statuses, which no operation documents.
 */
export function problemOfStatus(status: number): string {
  const code = status === 413 ? 'request.too_large' : status === 400 ? 'input.invalid' : null;
  if (!code) return '';
  const message = errorWords.say(code, FALLBACK_LANGUAGE, null);
  const body: z.infer<typeof problem> = { code, message, requestId: uuidv7(), issues: [] };
  return JSON.stringify(body);
}

/** A refusal on its way to `answerRefusal`, with the id that its context had. */
export class Refusal extends Error {
  constructor(
    readonly error: TRPCError,
    readonly requestId: string = uuidv7(),
  ) {
    super(error.message);
  }
}

/** The last handler of the API listener. What nobody refused on purpose is logged and not shown. */
export function answerRefusal(log: Log): ErrorRequestHandler {
  return (thrown: unknown, request: Request, response: Response, next) => {
    // Half of an answer is out: only Express can still cut the connection.
    if (response.headersSent) return next(thrown);
    const { error, requestId } = thrown instanceof Refusal ? thrown : new Refusal(asTRPCError(thrown));
    if (!(thrown instanceof Refusal) && httpStatusOf(error) >= 500)
      logOurFault(log, 'request failed', thrown, { requestId });
    refuse(request, response, error, requestId);
  };
}

/**
 * Express and its parts name what the caller did wrong by a status: a path that cannot be decoded, a body that is too
 * large.
 */
function asTRPCError(thrown: unknown): TRPCError {
  if (thrown instanceof TRPCError) return thrown;
  const { status } = thrown as { status?: unknown };
  if (status === 413) return new AppError('request.too_large', { cause: thrown });
  if (status === 415) return new AppError('request.media_type', { cause: thrown });
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new AppError('input.invalid', { cause: thrown });
  return asAppError(thrown as Error);
}
