import type { Clock } from './machine';

/** One timer of each name, by the clock that nobody sets. */
export interface Timers {
  /** Instead of the one of this name, if there is any; at `Infinity` there is none any more. */
  at(name: string, mono: number, act: () => void): void;
  stopAll(): void;
}

export function createTimers(clock: Clock): Timers {
  const timers = new Map<string, () => void>();
  return {
    at(name, mono, act) {
      timers.get(name)?.();
      timers.delete(name);
      if (mono === Infinity) return;
      const take = clock.after(Math.max(0, mono - clock.monotonicMs()), () => {
        timers.delete(name);
        act();
      });
      timers.set(name, take);
    },
    stopAll() {
      for (const take of timers.values()) take();
    },
  };
}
