import { TRPCClientError } from '@trpc/client';
import type { Log } from '../process/log';
import { Retry } from './backoff';
import type { Connection } from './connection';

/** So long an answer is waited for: thousands may ask at once. */
export const PATIENCE_MS = 30_000;

export interface Calling {
  log: Log;
  random?: (() => number) | undefined;
}

/** For one call that is made on a connection until it is answered: its pace, and how long each answer is waited for. */
export const callingOn = ({ over }: Pick<Connection, 'over'>, { log, random }: Calling) => ({
  retry: new Retry({ log, signal: over, random }),
  patience: (ms = PATIENCE_MS) => AbortSignal.any([over, AbortSignal.timeout(ms)]),
});

/** Of an error that the server answered with. */
interface ErrorData {
  httpStatus?: number;
  retryAfterSeconds?: number | null;
}

/**
 * Waits until a call that failed is to be made again on its connection. What the server tells once a connection would
 * else be lost for as long as that lasts, which may be weeks. Never rejects.
 *
 * @param what failed, for the log
 * @param until ends the wait early
 * @returns false when it is not: the connection is over, or what was asked or answered makes no sense, and would not
 * the next time
 */
export async function untilAgain(retry: Retry, error: unknown, what: string, until?: AbortSignal): Promise<boolean> {
  if (!(error instanceof TRPCClientError)) return false;
  const { httpStatus = 500, retryAfterSeconds } = (error.data as ErrorData | null | undefined) ?? {};
  if (httpStatus < 500 && !retryAfterSeconds) return false;
  const why = `${what}: ${error.message}`;
  try {
    if (retryAfterSeconds) await retry.afterSeconds(retryAfterSeconds, why, until);
    else await retry.after(why, until);
    return true;
  } catch {
    // By its signal alone: the connection is over.
    return false;
  }
}
