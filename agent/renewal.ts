import { Alarm } from './process/alarm';
import { fullJitter } from './connection/backoff';
import { createCsr } from './identity';
import type { Log } from './process/log';
import type { Pairs } from './pairs';
import type { RenewalTime } from './protocol';

/** There are weeks: a renewal that fails is tried again at a sixtieth of the pace of connecting, so at most hourly. */
const PATIENCE = 60;

/** Timers cannot be longer than 24.8 days (2^31 ms); a longer one fires at once. */
const LONGEST_WAIT_MS = 3_600_000;

/** When and how this machine gets its next certificate. One for each that it has; it outlives connections. */
export interface Renewal {
  /** The server said when. */
  told(time: RenewalTime | undefined): void;
  /**
   * Somebody wants it at a moment of ours within so many seconds, or at the planned one when that is sooner. Nothing
   * happens when that very request is known, or done.
   */
  hasten(withinSeconds: number, request?: string): void;
  /** Asks when it is due, again and again until it has a certificate; then the next pair is kept. Never rejects. */
  untilRenewed(ask: (csr: string) => Promise<{ certificate: string }>, over: AbortSignal): Promise<void>;
  /** Set when a next pair waits to be used. */
  isDone(): boolean;
}

export interface RenewalOptions {
  pairs: Pairs;
  /** The name for the request, which only people read. */
  fqdn: () => Promise<string>;
  log: Log;
  random?: () => number;
}

export function createRenewal({ pairs, fqdn, log, random = Math.random }: RenewalOptions): Renewal {
  const changed = new Alarm();
  // One draw for all connections: the smallest of many would pull every agent to the beginning of the window.
  const share = random();
  /** On the clock that nobody sets (`performance.now()`). */
  let plannedAt = Infinity;
  let wantedAt = Infinity;
  /** The last request: the key is to be made after it. */
  let wanted: string | undefined;
  let notBefore = 0;
  let attempt = 0;
  let isDone = false;
  const waitMs = () => Math.max(Math.min(plannedAt, wantedAt), notBefore) - performance.now();

  return {
    told(time) {
      if (time) plannedAt = performance.now() + (time.inSeconds + share * time.withinSeconds) * 1000;
      changed.ring();
    },
    hasten(withinSeconds, request) {
      if (request !== undefined && (request === wanted || pairs.isRenewedFor(request))) return;
      wanted = request;
      // Whoever asks has mended what failed before, or cannot wait for it.
      [notBefore, attempt] = [0, 0];
      wantedAt = Math.min(wantedAt, performance.now() + random() * withinSeconds * 1000);
      changed.ring();
    },
    isDone: () => isDone,
    async untilRenewed(ask, over) {
      while (!over.aborted && !isDone) {
        const ms = waitMs();
        if (ms > 0) {
          await changed.wait(Math.min(ms, LONGEST_WAIT_MS), over);
          continue;
        }
        try {
          const identity = pairs.nextIdentity(wanted);
          const { certificate } = await ask(await createCsr(identity, await fqdn()));
          pairs.keepNext(identity, certificate);
          isDone = true;
        } catch (error) {
          // The line was cut: nothing is known of the request.
          if (over.aborted) return;
          const delayMs = fullJitter(attempt++, random()) * PATIENCE;
          notBefore = performance.now() + delayMs;
          log.warn(
            `the certificate was not renewed: ${(error as Error).message}; next try in ${(delayMs / 1000).toFixed(1)} s`,
          );
        }
      }
    },
  };
}
