interface How {
  everyMs: number;
  /** False begins after the first while. */
  isAtOnce?: boolean;
  /** Told of each that failed. */
  onFailure: (error: unknown) => void;
}

/**
 * Does something now and again and again, one after the other however long it takes, and goes on after what failed.
 * `stop` waits for what is under way.
 */
export function repeat(
  run: () => Promise<void>,
  { everyMs, isAtOnce = true, onFailure }: How,
): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  const begin = () => {
    running ??= run()
      .catch(onFailure)
      .finally(() => (running = null));
  };
  if (isAtOnce) begin();
  const timer = setInterval(begin, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
