import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '../process/log';
import { isDeepStrictEqual } from 'node:util';
import { words, type Said } from '../../words/words';

const BASE_MS = 1_000;
const CAP_MS = 60_000;
const ASKED_CAP_MS = 3_600_000;

/**
 * Full jitter: anything from nothing to a limit that doubles with each attempt, at most a minute.
 * The whole span is random because ten thousand agents that lost one server together must not return together.
 *
 * @param attempt 0 for the first
 * @param random in [0, 1)
 * @returns milliseconds
 */
export function fullJitter(attempt: number, random: number): number {
  return Math.floor(random * Math.min(CAP_MS, BASE_MS * 2 ** attempt));
}

export interface RetryOptions {
  log: Log;
  /** Ends every wait: with an AbortError. */
  signal: AbortSignal;
  random?: () => number;
}

/** The pace of trying again, and what is said about it. */
export class Retry {
  private attempt = 0;
  private lastWhy: Said = '';

  constructor(private readonly options: RetryOptions) {}

  /**
   * Waits this attempt's turn. The reason is logged when it is a new one; repeated every minute it would only hide
   * other lines.
   *
   * @param until ends the wait early
   */
  async after(why: Said, until?: AbortSignal): Promise<void> {
    await this.wait(fullJitter(this.attempt++, this.random()), why, until);
  }

  /**
   * Waits as long as the other side asked for, and then this attempt's turn: all whom it turned away at once would else
   * be back at once. At most an hour, whatever it asked.
   *
   * @param until ends the wait early
   */
  async afterSeconds(seconds: number, why: Said, until?: AbortSignal): Promise<void> {
    await this.wait(Math.min(seconds * 1_000, ASKED_CAP_MS) + fullJitter(this.attempt++, this.random()), why, until);
  }

  /** Waits a random part of the window, in milliseconds, in which the other side asked us to come back. */
  async within(windowMs: number, why: Said, until?: AbortSignal): Promise<void> {
    await this.wait(this.random() * windowMs, why, until);
  }

  /** What was tried works: the next failure is a first one again. */
  succeeded(): void {
    this.attempt = 0;
    this.lastWhy = '';
  }

  private random(): number {
    return (this.options.random ?? Math.random)();
  }

  private async wait(delayMs: number, why: Said, until?: AbortSignal): Promise<void> {
    const { signal } = this.options;
    const isKnown = isDeepStrictEqual(why, this.lastWhy);
    const seconds = (delayMs / 1000).toFixed(1);
    this.options.log[isKnown ? 'debug' : 'warn'](words('agent.retry.next', { why, seconds }));
    this.lastWhy = why;
    try {
      await pause(delayMs, undefined, { signal: until ? AbortSignal.any([signal, until]) : signal });
    } catch (error) {
      if (signal.aborted || !until?.aborted) throw error;
    }
  }
}
