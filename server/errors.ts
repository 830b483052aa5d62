import { TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { ZodError, ZodRealError } from 'zod';
import { isCrowded, tookTooLong, type Trouble, troubleOf } from '../db/errors';
import { explainIssue } from '../words/explain-issue';
import { inEnglish } from '../words/say';
import type { RuleFault } from './rules/rule-fault';

/**
 * Every mistake a caller can make, by its stable name, with the status it becomes.
 * The name is also the translation key (`errors.<name>`) and what scripts may rely on.
 */
const STATUS = {
  'agent.challenge_expired': 'UNAUTHORIZED',
  'agent.csr_invalid': 'BAD_REQUEST',
  'agent.key_known': 'CONFLICT',
  'agent.lapsed_too_long': 'FORBIDDEN',
  'agent.not_approved': 'FORBIDDEN',
  'agent.proof_invalid': 'UNAUTHORIZED',
  'agent.too_many_errors': 'TOO_MANY_REQUESTS',
  'agent.too_many_handshakes': 'TOO_MANY_REQUESTS',
  'agent.too_many_pending': 'TOO_MANY_REQUESTS',
  'agent.too_many_renewals': 'TOO_MANY_REQUESTS',
  'agent.too_many_registrations': 'TOO_MANY_REQUESTS',
  'agent.held': 'CONFLICT',
  'agent.inbox_open': 'CONFLICT',
  'agent.unknown': 'NOT_FOUND',
  'auth.busy': 'TOO_MANY_REQUESTS',
  'auth.credentials': 'UNAUTHORIZED',
  'auth.forbidden': 'FORBIDDEN',
  'auth.locked': 'TOO_MANY_REQUESTS',
  'auth.required': 'UNAUTHORIZED',
  'auth.too_many': 'TOO_MANY_REQUESTS',
  'clone.resolved': 'CONFLICT',
  'clone.side_gone': 'CONFLICT',
  'clone.still_there': 'CONFLICT',
  'command.no_targets': 'CONFLICT',
  'command.not_found': 'NOT_FOUND',
  'command.run_not_found': 'NOT_FOUND',
  'command.targets_changed': 'CONFLICT',
  'command.targets_missing': 'CONFLICT',
  'configuration.changed_meanwhile': 'PRECONDITION_FAILED',
  'configuration.fleets_disagree': 'CONFLICT',
  'configuration.invalid': 'BAD_REQUEST',
  'configuration.no_drift': 'CONFLICT',
  'configuration.secret_lost': 'CONFLICT',
  'configuration.version_needed': 'PRECONDITION_REQUIRED',
  'database.away': 'SERVICE_UNAVAILABLE',
  'database.busy': 'SERVICE_UNAVAILABLE',
  'database.full': 'SERVICE_UNAVAILABLE',
  'database.lost': 'SERVICE_UNAVAILABLE',
  'discovery.already': 'CONFLICT',
  'enrolment.already_revoked': 'CONFLICT',
  'enrolment.not_found': 'NOT_FOUND',
  'enrolment.token_expired': 'FORBIDDEN',
  'enrolment.token_revoked': 'FORBIDDEN',
  'enrolment.token_unknown': 'FORBIDDEN',
  'enrolment.token_used_up': 'FORBIDDEN',
  'enrolment.too_many_wrong_tokens': 'TOO_MANY_REQUESTS',
  'export.download_only': 'METHOD_NOT_SUPPORTED',
  'facts.invalid': 'BAD_REQUEST',
  'fleet.name_taken': 'CONFLICT',
  'fleet.not_found': 'NOT_FOUND',
  'health.changed_meanwhile': 'PRECONDITION_FAILED',
  'health.version_needed': 'PRECONDITION_REQUIRED',
  'host.name_not_reported': 'CONFLICT',
  'host.name_taken': 'CONFLICT',
  'host.no_known_one': 'CONFLICT',
  'host.not_approved': 'CONFLICT',
  'host.not_conflicting': 'CONFLICT',
  'host.not_found': 'NOT_FOUND',
  'host.not_pending': 'CONFLICT',
  'host.tags_of_machine': 'CONFLICT',
  'host.too_many_tags': 'CONFLICT',
  'input.invalid': 'BAD_REQUEST',
  'input.too_deep': 'BAD_REQUEST',
  internal: 'INTERNAL_SERVER_ERROR',
  'job.ended': 'CONFLICT',
  'job.no_hosts': 'CONFLICT',
  'job.not_found': 'NOT_FOUND',
  'job.not_proposed': 'CONFLICT',
  'key.invalid': 'UNAUTHORIZED',
  'key.not_found': 'NOT_FOUND',
  'key.too_many': 'CONFLICT',
  'key.too_wide': 'FORBIDDEN',
  'link.closed': 'NOT_FOUND',
  'metrics.too_many_figures': 'BAD_REQUEST',
  'metrics.too_many_hosts': 'BAD_REQUEST',
  'metrics.too_many_points': 'BAD_REQUEST',
  'password.common': 'BAD_REQUEST',
  'password.is_email': 'BAD_REQUEST',
  'password.wrong': 'BAD_REQUEST',
  'request.crowded': 'TOO_MANY_REQUESTS',
  'request.media_type': 'UNSUPPORTED_MEDIA_TYPE',
  'request.method': 'METHOD_NOT_SUPPORTED',
  'request.too_large': 'PAYLOAD_TOO_LARGE',
  'request.too_many': 'TOO_MANY_REQUESTS',
  'request.too_slow': 'GATEWAY_TIMEOUT',
  'request.unknown': 'NOT_FOUND',
  'saved_command.changed': 'CONFLICT',
  'saved_command.name_taken': 'CONFLICT',
  'saved_command.not_found': 'NOT_FOUND',
  'saved_command.secret_lost': 'CONFLICT',
  'saved_command.runner_not_found': 'NOT_FOUND',
  'saved_command.too_many_runners': 'CONFLICT',
  'setup.closed': 'NOT_FOUND',
  'token.expired': 'UNAUTHORIZED',
  'token.invalid': 'UNAUTHORIZED',
  'token.spent': 'UNAUTHORIZED',
  'user.changed_meanwhile': 'CONFLICT',
  'user.deactivated': 'CONFLICT',
  'user.email_taken': 'CONFLICT',
  'user.last_administrator': 'CONFLICT',
  'user.not_deactivated': 'CONFLICT',
  'user.not_found': 'NOT_FOUND',
  'view.too_many': 'CONFLICT',
} satisfies Record<string, TRPC_ERROR_CODE_KEY>;

export type AppErrorCode = keyof typeof STATUS;

/** Statuses that tRPC has no code for: its nearest one stands above. */
const HTTP_STATUS: Partial<Record<AppErrorCode, number>> = { 'auth.locked': 423 };

/**
 * A refusal that the caller may be told. `cause` is for the log alone and never leaves the server.
 * It is a TRPCError so that tRPC maps it to a status by itself; this file is the only place that knows of both.
 */
export class AppError extends TRPCError {
  /** When asking again may help, in whole seconds from now; null where waiting mends nothing. */
  readonly retryAfterSeconds: number | null;

  constructor(
    readonly appCode: AppErrorCode,
    options: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super({ code: STATUS[appCode], message: appCode, cause: asError(options.cause) });
    this.name = 'AppError';
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** tRPC keeps a cause that is an Error and nothing of another one. A ZodError that is made by hand is none. */
function asError(cause: unknown): unknown {
  if (cause instanceof Error) return cause;
  return cause instanceof ZodError ? new ZodRealError(cause.issues) : cause;
}

/**
 * When to come back, in seconds: a connection is free soon, a database is back after a restart, and a disk takes a
 * person.
 */
const RETRY_SECONDS: Record<Trouble, number> = { busy: 2, away: 5, full: 60, lost: 60 };

/** What the database could not do is nobody's mistake, whatever was asked, and passes; or it was asked for too much. */
function ofDatabase(error: Error): AppError | null {
  if (tookTooLong(error)) return new AppError('request.too_slow', { cause: error });
  if (isCrowded(error)) return new AppError('request.crowded', { cause: error, retryAfterSeconds: RETRY_SECONDS.busy });
  const trouble = troubleOf(error);
  return trouble && new AppError(`database.${trouble}`, { cause: error, retryAfterSeconds: RETRY_SECONDS[trouble] });
}

/** An error that nobody threw on purpose, as what is answered: `internal`, or the state of the database behind it. */
export const asAppError = (error: Error): AppError => ofDatabase(error) ?? new AppError('internal', { cause: error });

/** What we threw on purpose stays as it is. */
const known = (error: TRPCError) => (error instanceof AppError ? error : ofDatabase(error));

/** The status an error is answered with over HTTP, by every listener. */
export function httpStatusOf(thrown: TRPCError): number {
  const error = known(thrown) ?? thrown;
  return (error instanceof AppError && HTTP_STATUS[error.appCode]) || getHTTPStatusCodeFromError(error);
}

/** The seconds after which trying again makes sense, or null. */
export const retryAfterOf = (error: TRPCError) => known(error)?.retryAfterSeconds ?? null;

export interface Issue {
  path: string;
  message: string;
  /** Of a rule: what is wrong with it, at which of its characters, counted from 1, and what could stand there. */
  rule?: Pick<RuleFault, 'fault' | 'at' | 'expected'>;
}

/**
 * Where the input is wrong and how, without repeating the input. Empty for all other errors.
 *
 * @param say in the language of whoever reads it
 * @param sayRule the same of what is wrong with a rule
 */
export const issuesOf = (
  { cause }: TRPCError,
  say = inEnglish,
  sayRule?: (rule: NonNullable<Issue['rule']>) => string,
): Issue[] =>
  cause instanceof ZodError
    ? cause.issues.slice(0, 20).map((issue) => {
        const rule = issue.code === 'custom' && (issue.params?.rule as Issue['rule']);
        const message = rule && sayRule ? sayRule(rule) : say(explainIssue(issue));
        return { path: issue.path.join('.'), message, ...(rule && { rule }) };
      })
    : [];

/** What tRPC refuses by itself, before a procedure is asked; all else of its own is input of the wrong shape. */
const REFUSED_BY_TRPC: Partial<Record<TRPC_ERROR_CODE_KEY, AppErrorCode>> = {
  INTERNAL_SERVER_ERROR: 'internal',
  METHOD_NOT_SUPPORTED: 'request.method',
  NOT_FOUND: 'request.unknown',
  PAYLOAD_TOO_LARGE: 'request.too_large',
  UNSUPPORTED_MEDIA_TYPE: 'request.media_type',
};

/** The stable name for whatever a procedure threw. What neither we nor tRPC blame on the caller is `internal`. */
export function appErrorCode(error: TRPCError): AppErrorCode {
  return known(error)?.appCode ?? REFUSED_BY_TRPC[error.code] ?? 'input.invalid';
}
