import { DrizzleQueryError } from 'drizzle-orm';
import { SaidError } from '../words/said-error';
import type { Said } from '../words/words';

/** The database cannot be used. It says so in one line without a password; `cause` has the rest. */
export class DatabaseOpenError extends SaidError {
  override name = 'DatabaseOpenError';
}

/** Another process has the embedded database open. */
export class DatabaseLockedError extends DatabaseOpenError {
  override name = 'DatabaseLockedError';
}

/** PostgreSQL did not answer, or did not let us in. */
export class DatabaseUnreachableError extends DatabaseOpenError {
  override name = 'DatabaseUnreachableError';
}

/**
 * Whether a query failed because of this unique index. Both drivers say so in the cause of drizzle's error (SQLSTATE
 * 23505).
 */
export function violates(error: unknown, index: string): boolean {
  const cause = (error as { cause?: { code?: string; constraint?: string } })?.cause;
  return cause?.code === '23505' && cause.constraint === index;
}

/**
 * SQLSTATE classes 22, 23 and 54, appendix A of PostgreSQL's manual: values that it cannot hold, that break a
 * constraint, or that are beyond a bound of its own, as of what an index takes.
 */
const OF_VALUES = /^(?:2[23]|54)/;

/** Whether a query failed because of the values it was given: it would fail with them again, any other may pass. */
export const isFaultOfValues = (error: unknown): boolean =>
  OF_VALUES.test((error as { cause?: { code?: string } })?.cause?.code ?? '');

/** How many statements of one reader wait; a page asks eight at once, and somebody has forty tabs. */
export const MOST_WAITING = 1000;

/** A query did not run, because too much that the same reader has asked waits already. */
export class CrowdedError extends Error {
  override name = 'CrowdedError';

  constructor() {
    super('too much of one reader waits');
  }
}

/** Whether a query did not run for that reason. */
export function isCrowded(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) if (cause instanceof CrowdedError) return true;
  return false;
}

/** SQLSTATE query_canceled: it took longer than it may, or somebody who runs the database ended it. */
const CANCELLED = '57014';

/** Whether a query was ended because it took too long. */
export function tookTooLong(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ((cause as { code?: string }).code === CANCELLED) return true;
  return false;
}

/** Why an open database does not serve: gone, out of room, out of connections, or not answering. */
export type Trouble = 'lost' | 'full' | 'busy' | 'away';

/** A query did not run, or does not count, for a reason that is not its own. It says so in one line. */
export class DatabaseUnavailableError extends SaidError {
  override name = 'DatabaseUnavailableError';

  constructor(
    readonly trouble: Trouble,
    said: Said,
    options?: ErrorOptions,
  ) {
    super(said, options);
  }
}

/**
 * By SQLSTATE, appendix A of PostgreSQL's manual: disk_full, out_of_memory, too_many_connections, and a server that
 * starts or stops.
 */
const TROUBLES: Record<string, Trouble> = {
  '53100': 'full',
  '53200': 'busy',
  '53300': 'busy',
  '57P01': 'away',
  '57P02': 'away',
  '57P03': 'away',
};

/** Of a socket that broke under a query. */
const BROKEN = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'];

/** Without a code: pg's own words for a connection that ended under a query. */
const ENDED = /^Connection terminated|^Client has encountered a connection error/;

/** Whether an error, or what caused it, is the database's state rather than the query's fault. */
export function troubleOf(error: unknown): Trouble | null {
  let isQuery = false;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof DatabaseUnavailableError) return cause.trouble;
    const { code = '' } = cause as { code?: string };
    if (TROUBLES[code]) return TROUBLES[code];
    // Other sockets may fail, too: only a query's are the database's.
    if (isQuery && (BROKEN.includes(code) || ENDED.test(cause.message))) return 'away';
    isQuery ||= cause instanceof DrizzleQueryError;
  }
  return null;
}
