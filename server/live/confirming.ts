import { type Log, logFailure } from '../log';
import type { State } from './targets';

interface Options {
  log: Log;
  topics: ReadonlyMap<string, State>;
  confirmMs: number;
}

/** Has every topic check what it keeps, one after the other and again and again, while there are pages. */
export function createConfirming({ log, topics, confirmMs }: Options) {
  let timer: NodeJS.Timeout | undefined;
  let confirmedAt = -Infinity;
  let isConfirming = false;

  async function confirmAll() {
    if (isConfirming) return;
    isConfirming = true;
    confirmedAt = performance.now();
    for (const { name, source } of topics.values()) {
      await source.confirm?.().catch((error: unknown) => {
        logFailure(log, `what is kept of ${name} could not be checked`, error);
      });
    }
    isConfirming = false;
  }

  return {
    /** There is a page. */
    begin() {
      // Visits may be shorter than the interval, which begins anew with each when there is no other page.
      if (!timer && performance.now() - confirmedAt > confirmMs) void confirmAll();
      timer ??= setInterval(() => void confirmAll(), confirmMs).unref();
    },
    /** The last page is gone. */
    end() {
      clearInterval(timer);
      timer = undefined;
    },
  };
}
