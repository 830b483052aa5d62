import { readdir, readFile, readlink } from 'node:fs/promises';

/** Of /proc/diskstats, whatever the disk's own are (Linux, Documentation/admin-guide/iostats.rst). */
const SECTOR_BYTES = 512;

/** Bytes since boot. */
type Traffic = Record<'read' | 'written', number>;

/**
 * By disk, of those that are hardware: what a partition, a volume or an array passes on, its disks carry. Null where
 * the platform does not tell without a process of its own, and in a container that sees no hardware.
 */
export async function readDiskTraffic(): Promise<Map<string, Traffic> | null> {
  if (process.platform !== 'linux') return null;
  const names = await readdir('/sys/block');
  const places = await Promise.all(names.map((name) => readlink(`/sys/block/${name}`)));
  // Sysfs writes the slash of cciss/c0d0 as an exclamation mark.
  const hardware = new Set(names.filter((_, i) => isHardware(places[i]!)).map((name) => name.replaceAll('!', '/')));
  const all = parseDiskStats(await readFile('/proc/diskstats', 'utf8'));
  const counted = new Map([...all].filter(([name]) => hardware.has(name)));
  return counted.size > 0 ? counted : null;
}

/** What the kernel made up, such as a loop device, a volume or an array, is on no bus; NVMe of several paths is. */
export const isHardware = (place: string) => !place.includes('/virtual/block/');

/** /proc/diskstats: after the name, the third figure is sectors read and the seventh sectors written. */
export function parseDiskStats(text: string): Map<string, Traffic> {
  const traffic = new Map<string, Traffic>();
  for (const line of text.split('\n')) {
    const [, , name, ...figures] = line.trim().split(/\s+/);
    const [read, written] = [Number(figures[2]), Number(figures[6])];
    if (!name || !Number.isFinite(read) || !Number.isFinite(written)) continue;
    traffic.set(name, { read: read * SECTOR_BYTES, written: written * SECTOR_BYTES });
  }
  return traffic;
}
