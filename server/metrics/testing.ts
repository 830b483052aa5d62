import type { Sample } from '../../agent/protocol';

/** The sample of a machine that tells little more than it must, with differences. */
export const sampleWith = (change: Partial<Sample> = {}): Sample => ({
  ...{ at: new Date().toISOString(), uptimeSeconds: 60, disks: [] },
  ...{ cpuPercent: 10, load1: 0.5, load5: null, load15: null },
  ...{ memoryTotalBytes: 1000, memoryUsedBytes: 500, swapTotalBytes: 0, swapUsedBytes: 0 },
  ...{ networkReceivedBytesPerSecond: null, networkSentBytesPerSecond: null },
  ...change,
});
