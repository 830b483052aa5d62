interface How {
  everyMs: number;
  /** False begins after the first while. */
  isAtOnce?: boolean;
  /** The first, if that is neither at once nor after a while like the others. */
  firstAfterMs?: number;
  /** Told of each that failed. */
  onFailure: (error: unknown) => void;
}

/**
 * Does something now and again and again, one after the other however long it takes, and goes on after what failed.
 * `stop` waits for what is under way.
 */
export function repeat(
  run: () => Promise<void>,
  { everyMs, firstAfterMs, isAtOnce = firstAfterMs === undefined, onFailure }: How,
): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  const begin = () => {
    running ??= run()
      .catch(onFailure)
      .finally(() => (running = null));
  };
  if (isAtOnce) begin();
  const first = firstAfterMs === undefined ? undefined : setTimeout(begin, firstAfterMs);
  const timer = setInterval(begin, everyMs);
  return {
    async stop() {
      clearTimeout(first);
      clearInterval(timer);
      await running;
    },
  };
}
