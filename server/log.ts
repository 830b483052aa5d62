import type { TRPCError } from '@trpc/server';
import { DrizzleQueryError } from 'drizzle-orm';
import pino, { type DestinationStream, type Logger } from 'pino';
import { isCrowded, troubleOf } from '../db/errors';
import type { Caller } from './caller';
import type { Config } from './config';
import { AppError } from './errors';
import { redactSecrets } from './redact-secrets';

export type Log = Logger;

/**
 * JSON lines on standard output, or readable ones when a person watches.
 * Redaction is a net below the rule that secrets are never passed to the log at all: by the names of fields, and by
 * what secrets look like in the whole line, whoever wrote it.
 * @param destination instead of standard output
 */
export function createLog(config: Pick<Config['log'], 'level' | 'format'>, destination?: DestinationStream): Log {
  const options: pino.LoggerOptions = {
    level: config.level,
    base: undefined,
    redact: { paths: ['*.password', '*.token', '*.cookie', '*.authorization', 'req.headers'], censor: '[secret]' },
    serializers: { err: (error: unknown) => (error instanceof Error ? describeError(error) : error) },
    hooks: { streamWrite: redactSecrets },
    ...(config.format === 'pretty' &&
      !destination && {
        transport: {
          target: 'pino-pretty',
          options: { colorize: process.stdout.isTTY, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' },
        },
      }),
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Who asks, as far as that is known. */
type Asking = Partial<Pick<Caller, 'requestId' | 'session' | 'calledBy' | 'agent'>>;

/** By ids: what people and machines are called changes, and is none of the log's business. */
const idsOf = ({ requestId, session, calledBy = session?.user.id, agent }: Asking) => ({
  requestId,
  ...(calledBy !== undefined && { by: calledBy }),
  ...(agent && { hostId: agent.hostId }),
});

/**
 * What somebody has done, once it is done: `by` is the person's id, `requestId` what else belongs to it.
 * @param about the ids of what it was done to, above all
 */
export function logAct(who: { log: Log } & Asking, about: object, what: string): void {
  who.log.info({ ...idsOf(who), ...about }, what);
}

/**
 * Every adapter's `onError`: what we refuse on purpose is a debug line, with its private cause; anything else is our
 * fault.
 */
export function logProcedureError(
  log: Log,
  { error, path, ctx }: { error: TRPCError; path?: string; ctx?: Asking },
): void {
  const where = { path, ...idsOf(ctx ?? {}) };
  const isOurs = error.code === 'INTERNAL_SERVER_ERROR' && !isCrowded(error);
  if (isOurs) logOurFault(log, 'procedure failed', error.cause ?? error, where);
  else
    log.debug(
      { ...where, code: error instanceof AppError ? error.appCode : error.code, cause: describeCause(error.cause) },
      'procedure refused',
    );
}

/** What a page could not be made of: its own fault, since what it asks of procedures is logged there. */
export function logPageFailure(ctx: { log: Log } & Asking, path: string, error: unknown): void {
  logOurFault(ctx.log, 'page failed', error, { path, ...idsOf(ctx) });
}

/**
 * A failed query's own message and stack repeat its parameters, which may be secrets. The database's words and the
 * statement do.
 */
function describeFailure(error: Error): { err: Error; query?: string } {
  return error instanceof DrizzleQueryError && error.cause ? { err: error.cause, query: error.query } : { err: error };
}

/**
 * What may be said of why a caller was refused: the words of errors that are plain ones, as ours are. All others repeat
 * what they read, which may be a password: a parser its input, a query its parameters, the database a value.
 */
function describeCause(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  return Object.getPrototypeOf(cause) === Error.prototype ? cause.message : cause.name;
}

/** As pino has errors, without the words of those that quote: of a parser's only where it was. */
function describeError(error: Error): object {
  const described = pino.stdSerializers.err(
    error instanceof DrizzleQueryError && error.cause instanceof Error ? error.cause : error,
  );
  if (!(error instanceof SyntaxError)) return described;
  const where = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { type: described.type, message: '[input that is not quoted]', stack: [error.name, ...where].join('\n') };
}

const REPEAT_MS = 60_000;

/** What was said last of each kind, and how often it was not said since. By log, so that tests have their own. */
const said = new WeakMap<Log, Map<string, { at: number; unsaid: number }>>();

/** Whether a line of this kind is due, with how many of it there were since the last one. Null when it only counts. */
function isDue(log: Log, kind: string, now: number): { alsoFailed?: number } | null {
  const kinds = said.get(log) ?? new Map<string, { at: number; unsaid: number }>();
  said.set(log, kinds);
  const last = kinds.get(kind);
  if (last && now - last.at < REPEAT_MS) {
    last.unsaid++;
    return null;
  }
  kinds.set(kind, { at: now, unsaid: 0 });
  return last?.unsaid ? { alsoFailed: last.unsaid } : {};
}

/**
 * For what fails again and again while its cause lasts, as everything does while the database is away: the first is
 * logged at once, then one a minute, with how many there were since the last line.
 * @param what the kind, of which there must be few: it is the message
 */
export function logFailure(log: Log, what: string, error: unknown, now = performance.now()): void {
  const more = isDue(log, what, now);
  // Not the statement: its values are those of whoever asked.
  if (more) log.error({ err: describeFailure(error as Error).err, ...more }, what);
}

/**
 * The same for what strangers are refused, who may come as often as they like; each is a line for whoever debugs. The
 * audit log counts them by address.
 * @param refusal with a `reason` of which there are few: each is a kind
 */
export function logRefusal(
  log: Log,
  what: string,
  refusal: { reason: string; [about: string]: unknown },
  now = performance.now(),
): void {
  const more = isDue(log, `${what} ${refusal.reason}`, now);
  log[more ? 'warn' : 'debug']({ ...refusal, ...more }, what);
}

/**
 * What went wrong on our side: a line each; of a database that does not serve, by which everything fails, one a minute.
 */
export function logOurFault(log: Log, what: string, error: unknown, where: object): void {
  if (troubleOf(error)) logFailure(log, 'the database does not serve', error);
  else log.error({ ...where, ...describeFailure(error as Error) }, what);
}
