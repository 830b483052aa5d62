import { expect } from 'vitest';
import type { Sample } from '../../agent/protocol';
import type { Bucket } from './read-series';

/** The sample of a machine that tells little more than it must, with differences. */
export const sampleWith = (change: Partial<Sample> = {}): Sample => ({
  ...{ at: new Date().toISOString(), uptimeSeconds: 60, disks: [] },
  ...{ cpuPercent: 10, load1: 0.5, load5: null, load15: null },
  ...{ memoryTotalBytes: 1000, memoryUsedBytes: 500, swapTotalBytes: 0, swapUsedBytes: 0 },
  ...{ networkReceivedBytesPerSecond: null, networkSentBytesPerSecond: null },
  ...change,
});

/** What a level is to say, by hand, of the samples themselves. Times are seconds. */
export function recompute(samples: [at: number, cpu: number | null][], step: number): Bucket[] {
  const buckets = new Map<number, number[]>();
  for (const [at, cpu] of samples) {
    if (cpu === null) continue;
    const bucket = Math.floor(at / step) * step;
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), cpu]);
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([at, values]) => {
      const sum = values.reduce((total, value) => total + value, 0);
      return { at, min: Math.min(...values), avg: sum / values.length, max: Math.max(...values), count: values.length };
    });
}

/** Single precision in two steps of averaging. */
export const near = (buckets: Bucket[]) =>
  buckets.map(({ avg, ...bucket }) => ({ ...bucket, avg: expect.closeTo(avg, 3) as number }));
