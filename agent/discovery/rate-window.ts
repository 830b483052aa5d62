/** Of an address, and in all, so many in each second. */
export interface Rate {
  each: number;
  all: number;
}

/** So many addresses are counted apart in one second; a flood of forged ones must not fill the memory. */
const MOST = 5_000;

/**
 * A limit that costs next to nothing a packet: counts are forgotten at each full second, and whoever comes at the turn
 * of one gets twice as much.
 * @param now in milliseconds
 */
export function createRateWindow({ each, all }: Rate, now: () => number = () => performance.now()) {
  let second = -1;
  let total = 0;
  let counts = new Map<string, number>();
  return {
    /** Counts one, and says whether there was room for it. */
    take(address: string): boolean {
      const present = Math.floor(now() / 1000);
      if (present !== second) {
        second = present;
        total = 0;
        counts = new Map();
      }
      const count = counts.get(address) ?? 0;
      if (count >= each || total >= all || (count === 0 && counts.size >= MOST)) return false;
      counts.set(address, count + 1);
      total++;
      return true;
    },
  };
}
