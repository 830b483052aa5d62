import { uptime } from 'node:os';
import type { Sample } from '../protocol';
import { readActivity } from './activity';
import { cpuShares, readCpuTimes, type CpuTimes } from './cpu';
import { readDiskTraffic } from './disk-traffic';
import { readDisks } from './disks';
import { fitAmount, fitCount, fitPercent } from './fit';
import { readLoad } from './load';
import { memoryWithoutSwap, readMemory } from './memory';
import type { Measurer } from './measurer';
import { readNetworkCounters } from './network';
import { ratesOf } from './rates';

/** An average over a longer time than this would be shown as if it were now. */
const OLDEST_BASELINE_SECONDS = 600;

interface Baseline {
  /** Monotonic, milliseconds: the wall clock may jump. */
  at: number;
  cpu: CpuTimes | null;
  network: Awaited<ReturnType<typeof readNetworkCounters>> | null;
  traffic: Awaited<ReturnType<typeof readDiskTraffic>>;
}

/** Measures this machine. Rates and CPU are over the time since the sample before, and null in the first. */
export function createSampler(measurer: Measurer): () => Promise<Sample> {
  let previous: Baseline | null = null;
  return async () => {
    const [cpu, network, load, memory, disks, traffic, activity] = await Promise.all([
      measurer.measure('the processor time', readCpuTimes, null),
      measurer.measure('the network counters', readNetworkCounters, null),
      measurer.measure('the load', readLoad, { load1: null, load5: null, load15: null }),
      measurer.measure('the memory', readMemory, memoryWithoutSwap()),
      measurer.measure('the disks', readDisks, []),
      measurer.measure('the traffic of the disks', readDiskTraffic, null),
      measurer.measure('the processes, users and temperature', readActivity, {}),
    ]);
    const now: Baseline = { at: performance.now(), cpu, network, traffic };
    const seconds = previous ? (now.at - previous.at) / 1000 : 0;
    const before = seconds <= OLDEST_BASELINE_SECONDS ? previous : null;
    previous = now;
    const shares = cpuShares(before?.cpu ?? null, cpu);
    const rates = ratesOf(before?.network ?? null, network, seconds);
    const disk = ratesOf(before?.traffic ?? null, traffic, seconds);
    return {
      at: new Date().toISOString(),
      cpuPercent: fitPercent(shares?.busy ?? null),
      ...(shares && {
        cpuUserPercent: fitPercent(shares.user)!,
        cpuSystemPercent: fitPercent(shares.system)!,
        ...(shares.wait !== undefined && { cpuWaitPercent: fitPercent(shares.wait)! }),
        ...(shares.steal !== undefined && { cpuStealPercent: fitPercent(shares.steal)! }),
      }),
      load1: fitAmount(load.load1),
      load5: fitAmount(load.load5),
      load15: fitAmount(load.load15),
      ...memory,
      disks,
      ...(disk && { diskReadBytesPerSecond: disk.read, diskWrittenBytesPerSecond: disk.written }),
      networkReceivedBytesPerSecond: fitAmount(rates?.received),
      networkSentBytesPerSecond: fitAmount(rates?.sent),
      uptimeSeconds: fitCount(uptime()),
      ...activity,
    };
  };
}
