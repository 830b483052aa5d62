import type { TRPCError } from '@trpc/server';
import { DrizzleQueryError } from 'drizzle-orm';
import pino, { type Logger } from 'pino';
import type { Config } from './config';
import { AppError } from './errors';

export type Log = Logger;

/**
 * JSON lines on standard output, or readable ones when a person watches.
 * Redaction is a net below the rule that secrets are never passed to the log at all.
 */
export function createLog(config: Config['log']): Log {
  return pino({
    level: config.level,
    base: undefined,
    redact: { paths: ['*.password', '*.token', '*.cookie', '*.authorization', 'req.headers'], censor: '[secret]' },
    ...(config.format === 'pretty' && {
      transport: { target: 'pino-pretty', options: { colorize: process.stdout.isTTY, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' } },
    }),
  });
}

/** Every adapter's `onError`: what we refuse on purpose is a debug line, with its private cause; anything else is our fault. */
export function logProcedureError(
  log: Log,
  { error, path, ctx }: { error: TRPCError; path?: string; ctx?: { requestId: string } },
): void {
  const where = { path, requestId: ctx?.requestId };
  const isOurs = error.code === 'INTERNAL_SERVER_ERROR';
  if (isOurs) log.error({ ...where, ...describeFailure(error.cause ?? error) }, 'procedure failed');
  else log.debug({ ...where, code: error instanceof AppError ? error.appCode : error.code, cause: error.cause?.message }, 'procedure refused');
}

/** A failed query's own message and stack repeat its parameters, which may be secrets. The database's words and the statement do. */
export function describeFailure(error: Error): { err: Error; query?: string } {
  return error instanceof DrizzleQueryError && error.cause ? { err: error.cause, query: error.query } : { err: error };
}
