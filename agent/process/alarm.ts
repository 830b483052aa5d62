/** A wait that can be cut short. A ring while nobody waits is kept for the next one, so that none is lost. */
export class Alarm {
  private hasRung = false;
  private wake: () => void = () => {};

  ring(): void {
    this.hasRung = true;
    this.wake();
  }

  /** Resolves after so many milliseconds, or at once when it rings or the signal aborts. Never rejects. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.hasRung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        signal.addEventListener('abort', done);
        this.wake = done;
      });
    }
    this.wake = () => {};
    this.hasRung = false;
  }
}
