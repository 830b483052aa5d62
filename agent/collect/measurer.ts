import type { Log } from '../process/log';

/** A collector that takes longer hangs: on a dead disk, or in a command that waits for a name server. */
const PATIENCE_MS = 10_000;

/**
 * Runs collectors so that none of them can lose a heartbeat: a failing or hanging one yields its fallback and is
 * logged once.
 */
export class Measurer {
  private readonly failing = new Set<string>();

  constructor(
    private readonly log: Log,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** @param what names the fact in the log */
  async measure<T>(what: string, take: () => T | Promise<T>, fallback: T): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${this.patienceMs / 1000} s`)), this.patienceMs);
    });
    try {
      // Through a `then`, so that a collector that throws at once is caught like one that rejects.
      const value = await Promise.race([Promise.resolve().then(take), late]);
      if (this.failing.delete(what)) this.log.info(`${what} can be measured again`);
      return value;
    } catch (error) {
      if (!this.failing.has(what)) this.log.warn(`${what} cannot be measured: ${(error as Error).message}`);
      this.failing.add(what);
      return fallback;
    } finally {
      clearTimeout(timer);
    }
  }
}
