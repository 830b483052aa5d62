import { cpuSeconds } from './cpu-time';

export interface Figures {
  /** Per second of processor time of the process that is measured: what one core does. */
  perCoreSecond: number;
  /** Per second on the clock, with everything else that ran on the machine. */
  perSecond: number;
}

interface Measured {
  /** Of the process whose processor time counts. */
  pid: number;
  count: number;
  /** How many are under way at once. */
  concurrency: number;
  act: () => Promise<unknown>;
}

/** Does something `count` times and says how much of it a second was worth. A failure ends the benchmark. */
export async function measure({ pid, count, concurrency, act }: Measured): Promise<Figures> {
  let left = count;
  const work = async () => {
    while (left-- > 0) await act();
  };
  const [cpu, clock] = [cpuSeconds(pid), performance.now()];
  await Promise.all(Array.from({ length: concurrency }, work));
  const seconds = (performance.now() - clock) / 1000;
  return { perCoreSecond: count / (cpuSeconds(pid) - cpu), perSecond: count / seconds };
}

/** The middle of each figure, in whole numbers: a round that the machine disturbed does not move it. */
export function medians(rounds: Figures[]): Figures {
  return {
    perCoreSecond: Math.round(median(rounds.map(({ perCoreSecond }) => perCoreSecond))),
    perSecond: Math.round(median(rounds.map(({ perSecond }) => perSecond))),
  };
}

export function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

/** How long it took half of them, 95 and 99 of a hundred, and the slowest; each is a time that was measured. */
export function percentiles(times: number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Number(sorted[Math.ceil(sorted.length * share) - 1]!.toFixed(2));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
