import { setTimeout as pause } from 'node:timers/promises';
import { TRPCClientError } from '@trpc/client';
import type { Alarm } from '../process/alarm';
import type { Log } from '../process/log';
import type { CommandReport, CommandReportAnswer } from './protocol';
import type { Runs } from './runs';

/** Nothing wakes an alarm that nothing rings. */
const LOOK_EVERY_MS = 60_000;

/** The server takes thirty reports a second of one agent, for long. */
const PACE_MS = 40;

export interface Sending {
  runs: Runs;
  /** Rings when there is something to report, perhaps. */
  news: Alarm;
  /** Rejects with a TRPCClientError. */
  send: (report: CommandReport) => Promise<CommandReportAnswer>;
  log: Log;
}

/**
 * Reports what there is to say of runs until the connection is over, one report after the other. Never rejects. What
 * was not answered is said again on the next connection; what the server cannot read it is told piece by piece, so that
 * one thing it refuses holds up no other.
 */
export async function sendReports({ runs, news, send, log }: Sending, over: AbortSignal): Promise<void> {
  let isSingly = false;
  while (!over.aborted) {
    const sent = runs.nextReport(isSingly);
    if (!sent) {
      isSingly = false;
      await news.wait(LOOK_EVERY_MS, over);
      continue;
    }
    try {
      runs.acknowledged(sent, await send(sent.report));
      // Many small pieces become one; the first waits for nothing.
      await pause(PACE_MS, undefined, { signal: over, ref: false }).catch(() => undefined);
    } catch (error) {
      const data = error instanceof TRPCClientError ? (error.data as ErrorData | null) : null;
      // Without an answer the connection is over, and the next one goes on from here.
      if (!data) return;
      const isOurFault = data.httpStatus === 400 || data.httpStatus === 413;
      if (isOurFault && isSingly) {
        log.error(`the server does not take this report of a run: ${(error as Error).message}`);
        runs.acknowledged(sent, { over: [] });
        continue;
      }
      isSingly ||= isOurFault;
      if (isOurFault) continue;
      log.debug(`runs could not be reported: ${(error as Error).message}`);
      const seconds = data.retryAfterSeconds ?? RETRY_SECONDS;
      await pause(seconds * 1000, undefined, { signal: over, ref: false }).catch(() => undefined);
    }
  }
}

/** Of an error that the server answered with. */
interface ErrorData {
  httpStatus?: number;
  retryAfterSeconds?: number | null;
}

/** The server failed and did not say for how long. */
const RETRY_SECONDS = 5;
