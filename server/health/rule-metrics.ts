import type { Sample } from '../../agent/protocol';
import { DISK_METRICS, METRICS } from '../metrics/metrics';

/** A figure of a host, with the mount of the disk that it is of, or an empty label. */
export interface Reading {
  label: string;
  value: number;
}

/** What a sample says, with what its connection knows of the machine's clock. */
export interface Measured {
  sample: Sample;
  /** How far our clock is before the machine's, in milliseconds; null while that is not known. */
  clockOffsetMs: number | null;
}

type Read = (measured: Measured) => Reading[];

const once = (of: (measured: Measured) => number | null | undefined): Read => {
  return (measured) => {
    const value = of(measured);
    return value === null || value === undefined ? [] : [{ label: '', value }];
  };
};

type Disk = Sample['disks'][number];
const ofDisks = (of: (disk: Disk) => number | null | undefined): Read => {
  return ({ sample }) =>
    sample.disks.flatMap((disk) => {
      const value = of(disk);
      return value === null || value === undefined ? [] : [{ label: disk.mount, value }];
    });
};

const percentOf = (part: number, whole: number) => (whole > 0 ? (part / whole) * 100 : null);

/** As `df` has it: of what those who are not the superuser can fill. */
const diskPercent = ({ usedBytes, totalBytes, availableBytes = totalBytes - usedBytes }: Disk) =>
  percentOf(usedBytes, usedBytes + availableBytes);

const inodePercent = ({ inodesUsed, inodesTotal }: Disk) =>
  inodesUsed === undefined || inodesTotal === undefined ? null : percentOf(inodesUsed, inodesTotal);

const entriesOf = <From>(all: Record<string, From>, read: (of: From) => Read) =>
  Object.entries(all).map(([name, of]) => [name, read(of)] as const);

/** What follows from a sample. */
const DERIVED = {
  'memory.used_percent': once(({ sample }) => percentOf(memoryInUse(sample), sample.memoryTotalBytes)),
  'swap.used_percent': once(({ sample }) => percentOf(sample.swapUsedBytes, sample.swapTotalBytes)),
  'disk.used_percent': ofDisks(diskPercent),
  'disk.inodes_used_percent': ofDisks(inodePercent),
  // 1 of a disk that can be written as a rule, and now cannot.
  'disk.read_only': ofDisks(({ isReadOnly }) => (isReadOnly === undefined ? null : Number(isReadOnly))),
  // Seconds, whichever of the two is before the other.
  'clock.offset': once(({ clockOffsetMs }) => (clockOffsetMs === null ? null : Math.abs(clockOffsetMs) / 1000)),
} satisfies Record<string, Read>;

/** What a sample is judged by: what is kept of it, and what follows from that. */
const READ: ReadonlyMap<string, Read> = new Map([
  ...entriesOf(METRICS as Record<string, (sample: Sample) => number | null | undefined>, (of) =>
    once(({ sample }) => of(sample)),
  ),
  ...entriesOf(DISK_METRICS as Record<string, (disk: Disk) => number | null | undefined>, ofDisks),
  ...Object.entries(DERIVED),
]);

function memoryInUse({ memoryAvailableBytes, memoryTotalBytes, memoryUsedBytes }: Sample): number {
  return memoryAvailableBytes === undefined ? memoryUsedBytes : memoryTotalBytes - memoryAvailableBytes;
}

/**
 * What is looked at by the clock and not with a sample: for how many seconds a host has been down, and in how many days
 * its certificate ends.
 */
const BY_CLOCK = ['silence', 'certificate.days'] as const;
type ByClock = (typeof BY_CLOCK)[number];

export const isByClock = (metric: string): metric is ByClock => (BY_CLOCK as readonly string[]).includes(metric);

type RuleMetric = keyof typeof METRICS | keyof typeof DISK_METRICS | keyof typeof DERIVED | ByClock;

/** Everything that a rule can be about. Sizes in bytes, rates a second. */
export const RULE_METRICS = [...READ.keys(), ...BY_CLOCK] as RuleMetric[];

/** What a machine does not tell, or a rule of a newer version asks for, has no reading. */
export const readMetric = (metric: string, measured: Measured): Reading[] => READ.get(metric)?.(measured) ?? [];
