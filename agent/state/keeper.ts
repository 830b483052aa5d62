import { FatalError } from '../process/exit-codes';
import type { Log } from '../process/log';

const RETRY_MS = 60_000;

/**
 * Keeps things in the state directory of an agent that goes on where that cannot be done: the disk is full, or mounted
 * read-only. What could not be kept is said in the log and to the server, once, and tried again until it can.
 */
export class Keeper {
  private readonly pending = new Map<string, () => void>();
  private readonly told = new Set<string>();
  private untold: string[] = [];
  private tell = (message: string): void => void this.untold.push(message);
  private retrying: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: Log,
    private readonly retryMs = RETRY_MS,
  ) {}

  /**
   * Returns whether it is kept now.
   *
   * @param what names it in the log: “cannot write …”; a later write of the same name takes the place of one that is
   * still to be done
   * @param write is called again later, maybe hours: what it writes must be what is newest then
   */
  keep(what: string, write: () => void): boolean {
    try {
      write();
    } catch (error) {
      this.failed(what, error);
      this.pending.set(what, write);
      this.retrying ??= setInterval(() => this.retry(), this.retryMs).unref();
      return false;
    }
    if (this.pending.delete(what)) this.log.info(`${what} can be written now`);
    this.told.delete(what);
    return true;
  }

  /** Says it, of what its caller tries again. Throws an error that has nothing to do with the state directory. */
  failed(what: string, error: unknown): void {
    if (!isOfDisk(error)) throw error;
    const message = `cannot write ${what}: ${error.message}`;
    this.log[this.told.has(what) ? 'debug' : 'warn'](message);
    if (!this.told.has(what)) this.tell(message);
    this.told.add(what);
  }

  /** From now on called with everything that cannot be kept, and at once with what was not said yet. */
  onFailure(tell: (message: string) => void): void {
    this.tell = tell;
    for (const message of this.untold.splice(0)) tell(message);
  }

  private retry(): void {
    for (const [what, write] of this.pending) this.keep(what, write);
    if (this.pending.size > 0) return;
    clearInterval(this.retrying);
    this.retrying = undefined;
  }
}

/** A failed system call, or what we say of one or of a file that is wrong. A mistake of ours is neither. */
const isOfDisk = (error: unknown): error is Error =>
  error instanceof FatalError || (error instanceof Error && 'syscall' in error);
