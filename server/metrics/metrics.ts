import type { Sample } from '../../agent/protocol';

type Disk = Sample['disks'][number];

/**
 * What is kept of a sample, by name. The database knows each by its place, counted from one: a new one comes last, and
 * none is moved or taken out. Sizes in bytes, rates a second.
 */
export const METRICS = {
  cpu: (sample) => sample.cpuPercent,
  'cpu.user': (sample) => sample.cpuUserPercent,
  'cpu.system': (sample) => sample.cpuSystemPercent,
  'cpu.wait': (sample) => sample.cpuWaitPercent,
  'cpu.steal': (sample) => sample.cpuStealPercent,
  'load.1': (sample) => sample.load1,
  'load.5': (sample) => sample.load5,
  'load.15': (sample) => sample.load15,
  'memory.used': (sample) => sample.memoryUsedBytes,
  // Agents before 0.2 do not say what is available: what is not used.
  'memory.available': (sample) => sample.memoryAvailableBytes ?? left(sample.memoryTotalBytes, sample.memoryUsedBytes),
  'memory.cache': (sample) => sample.memoryCacheBytes,
  // Nothing of a machine that has none.
  'swap.used': (sample) => (sample.swapTotalBytes > 0 ? sample.swapUsedBytes : null),
  'swap.available': (sample) => (sample.swapTotalBytes > 0 ? left(sample.swapTotalBytes, sample.swapUsedBytes) : null),
  'disk.read': (sample) => sample.diskReadBytesPerSecond,
  'disk.written': (sample) => sample.diskWrittenBytesPerSecond,
  'network.received': (sample) => sample.networkReceivedBytesPerSecond,
  'network.sent': (sample) => sample.networkSentBytesPerSecond,
  uptime: (sample) => sample.uptimeSeconds,
  processes: (sample) => sample.processes,
  logged_in: (sample) => sample.loggedIn,
  temperature: (sample) => sample.temperatureCelsius,
} satisfies Record<string, (sample: Sample) => number | null | undefined>;

/** The same of each disk. In the database their places begin after `DISKS_AFTER`. */
export const DISK_METRICS = {
  'disk.used': (disk) => disk.usedBytes,
  'disk.available': (disk) => disk.availableBytes ?? left(disk.totalBytes, disk.usedBytes),
  'disk.inodes_used': (disk) => disk.inodesUsed,
  'disk.inodes_available': (disk) =>
    disk.inodesTotal === undefined ? undefined : left(disk.inodesTotal, disk.inodesUsed ?? 0),
} satisfies Record<string, (disk: Disk) => number | null | undefined>;

export const DISKS_AFTER = 1000;

const left = (total: number, used: number) => Math.max(0, total - used);

const NAMES = Object.keys(METRICS);
const DISK_NAMES = Object.keys(DISK_METRICS);
/** Of `DISK_METRICS`, for each disk in its array. */
export const PER_DISK = DISK_NAMES.length;

/** Every name, each with its place in the database. */
export const PLACES: ReadonlyMap<string, number> = new Map([
  ...NAMES.map((name, i) => [name, i + 1] as const),
  ...DISK_NAMES.map((name, i) => [name, DISKS_AFTER + i + 1] as const),
]);
const NAME_OF = new Map([...PLACES].map(([name, place]) => [place, name]));

/**
 * As answers name it: `cpu`, or `disk.used:/var` of one disk. Undefined for a place that this version does not know.
 */
export function nameOf({ metric, label }: { metric: number; label: string }): string | undefined {
  const name = NAME_OF.get(metric);
  return name && label ? `${name}:${label}` : name;
}

/** A sample as its row has it. */
export function figuresOf(sample: Sample) {
  return {
    figures: Object.values(METRICS).map((of) => storable(of(sample))),
    mounts: sample.disks.map(({ mount }) => mount),
    disks: sample.disks.flatMap((disk) => Object.values(DISK_METRICS).map((of) => storable(of(disk)))),
  };
}

/** What is nearer to zero is zero: single precision has ever fewer digits there, and no number for averages of such. */
const LEAST = 1e-30;

/** Null for what was not told, and for what single precision (IEEE 754) has no number for. */
function storable(figure: number | null | undefined): number | null {
  if (figure === null || figure === undefined || !Number.isFinite(Math.fround(figure))) return null;
  return Math.abs(figure) < LEAST ? 0 : figure;
}
