import { freemem, totalmem } from 'node:os';
import { mem } from 'systeminformation';
import { fitCount } from './fit';

export interface Memory {
  memoryTotalBytes: number;
  memoryUsedBytes: number;
  swapTotalBytes: number;
  swapUsedBytes: number;
}

/** Used is what programs could not get now: caches that the kernel gives back at once do not count. */
export async function readMemory(): Promise<Memory> {
  const { total, available, swaptotal, swapused } = await mem();
  return {
    memoryTotalBytes: fitCount(total),
    memoryUsedBytes: fitCount(total - available),
    swapTotalBytes: fitCount(swaptotal),
    swapUsedBytes: fitCount(swapused),
  };
}

/** What Node knows by itself, for when the full reading fails. */
export function memoryWithoutSwap(): Memory {
  return {
    memoryTotalBytes: fitCount(totalmem()),
    memoryUsedBytes: fitCount(totalmem() - freemem()),
    swapTotalBytes: 0,
    swapUsedBytes: 0,
  };
}
