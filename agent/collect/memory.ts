import { readFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { mem } from 'systeminformation';
import { fitCount } from './fit';

export interface Memory {
  memoryTotalBytes: number;
  memoryUsedBytes: number;
  memoryAvailableBytes?: number;
  memoryCacheBytes?: number;
  swapTotalBytes: number;
  swapUsedBytes: number;
}

/** Used is what programs could not get now: caches that the kernel gives back at once do not count. */
export async function readMemory(): Promise<Memory> {
  if (process.platform === 'linux') {
    const arcstats = readFile('/proc/spl/kstat/zfs/arcstats', 'utf8').catch(() => ''); // most machines have no ZFS
    return parseMemory(await readFile('/proc/meminfo', 'utf8'), await arcstats);
  }
  const { total, available, buffcache, swaptotal, swapused } = await mem();
  return {
    memoryTotalBytes: fitCount(total),
    memoryUsedBytes: fitCount(total - available),
    memoryAvailableBytes: fitCount(available),
    // FreeBSD's and macOS's; Windows has none that it tells.
    ...(buffcache > 0 && { memoryCacheBytes: fitCount(buffcache) }),
    swapTotalBytes: fitCount(swaptotal),
    swapUsedBytes: fitCount(swapused),
  };
}

/**
 * Read by ourselves because systeminformation knows neither ZFS's cache nor what is shared.
 * @param meminfo /proc/meminfo (proc(5)), in KiB
 * @param arcstats of OpenZFS, in bytes: a line is a name, a type and a value. Empty without ZFS. The kernel does not
 *   count the cache as available, although ZFS gives back all but the least it keeps.
 */
export function parseMemory(meminfo: string, arcstats: string): Memory {
  const figures = new Map(
    [...meminfo.matchAll(/^(\w+):\s+(\d+) kB$/gm)].map(([, name, kib]) => [name, Number(kib) * 1024]),
  );
  const figure = (name: string) => figures.get(name) ?? 0;
  const total = figure('MemTotal');
  if (!total) throw new Error('/proc/meminfo has no readable total');
  const caches = figure('Buffers') + figure('Cached') + figure('SReclaimable');
  // Linux before 3.14 does not say it: as free computes it, where what is shared is cached but cannot be given back.
  const available = figures.get('MemAvailable') ?? figure('MemFree') + caches - figure('Shmem');
  const arc = (name: string) => Number(new RegExp(`^${name}\\s+\\d+\\s+(\\d+)$`, 'm').exec(arcstats)?.[1] ?? 0);
  const givenBack = Math.max(0, arc('size') - arc('c_min'));
  return {
    memoryTotalBytes: fitCount(total),
    memoryUsedBytes: fitCount(total - available - givenBack),
    memoryAvailableBytes: fitCount(available + givenBack),
    memoryCacheBytes: fitCount(caches + givenBack),
    swapTotalBytes: fitCount(figure('SwapTotal')),
    swapUsedBytes: fitCount(figure('SwapTotal') - figure('SwapFree')),
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
