import { readFile, stat, statfs } from 'node:fs/promises';
import { fsSize } from 'systeminformation';
import type { Sample } from '../protocol';
import { fitCount, fitText } from './fit';
import { groupByDisk, isOfNetwork, parseMounts, type Mount } from './mounts';

const MOST = 64;
const PATIENCE_MS = 2_000;
/**
 * Servers of files that may be left unanswered at once: each open question holds one of Node's four file system
 * threads.
 */
const MOST_UNANSWERED = 2;

type Disk = Sample['disks'][number];

/**
 * Space on the disks of this machine, as df shows it. On Linux straight from the kernel, elsewhere through
 * systeminformation, which runs df or PowerShell.
 */
export async function readDisks(): Promise<Disk[]> {
  if (process.platform === 'linux') return readLinuxDisks();
  const volumes = (await fsSize()).filter(({ fs, type, mount }) => isDisk(fs, type, mount));
  return biggest(
    // Why a disk cannot be written none of them tells: macOS seals the one that has its system.
    volumes.map(({ mount, type: filesystem, size: total, used, available }) =>
      toDisk({ mount, filesystem, total, used, available }),
    ),
  );
}

/** Differs when a disk was mounted or removed. Always empty where finding out would cost a process. */
export async function readMountSet(): Promise<string> {
  if (process.platform !== 'linux') return '';
  return (await listLinuxDisks())
    .map(([way]) => `${way!.source} ${way!.mount} ${way!.isReadOnly} ${way!.hasTurnedReadOnly}`)
    .join('\n');
}

/** All, or the biggest where the wire takes no more, in the order in which they are mounted. */
export function biggest(disks: Disk[]): Disk[] {
  if (disks.length <= MOST) return disks;
  const kept = new Set([...disks].sort((a, b) => b.totalBytes - a.totalBytes).slice(0, MOST));
  return disks.filter((disk) => kept.has(disk));
}

async function listLinuxDisks(): Promise<Mount[][]> {
  return groupByDisk(parseMounts(await readFile('/proc/self/mountinfo', 'utf8')));
}

async function readLinuxDisks(): Promise<Disk[]> {
  const disks = await listLinuxDisks();
  const local = await Promise.all(disks.filter(([way]) => !isOfNetwork(way!)).map(askKernel));
  const remote: (Disk | null)[] = [];
  // One after another: a server of files that is away must not take the threads that the others are asked with.
  for (const ways of disks.filter(([way]) => isOfNetwork(way!))) {
    if (unanswered.size < MOST_UNANSWERED) remote.push(await askKernel(ways));
  }
  return biggest([...local, ...remote].filter((disk) => disk !== null));
}

const unanswered = new Set<string>();

/**
 * Null when the disk does not answer. A dying one can block the call for good, and with it one of Node's four file
 * system threads; so it is not asked again while an earlier question is open.
 */
async function askKernel(ways: Mount[]): Promise<Disk | null> {
  const { mount } = ways[0]!;
  if (unanswered.has(mount)) return null;
  unanswered.add(mount);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS, null)));
  const answer = measure(ways)
    // Unmounted since it was listed, or closed to us, as FUSE mounts of other users are: not a disk we can report.
    .catch(() => null)
    .finally(() => unanswered.delete(mount));
  const disk = await Promise.race([answer, late]);
  clearTimeout(timer);
  return disk;
}

/** Of the first way to it that is a folder; null for what never fills up. */
export async function measure(ways: Mount[]): Promise<Disk | null> {
  const hasTurnedReadOnly = ways.some((way) => way.hasTurnedReadOnly);
  for (const { mount, filesystem, isReadOnly } of ways) {
    // Container runtimes bind single files of the host; asked for its size, each answers with the host's disk.
    if (!(await stat(mount)).isDirectory()) continue;
    const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(mount, { bigint: true });
    // An image or a medium, full by nature: it never fills up.
    if (isReadOnly && bfree === 0n) return null;
    return toDisk({
      mount,
      filesystem,
      isReadOnly: hasTurnedReadOnly,
      total: bsize * blocks,
      used: bsize * (blocks - bfree),
      available: bsize * bavail,
      // Btrfs makes them as they are needed and says 0.
      ...(files > 0n && { inodes: { total: files, used: files - ffree } }),
    });
  }
  return null;
}

interface Space {
  mount: string;
  filesystem: string;
  total: number | bigint;
  used: number | bigint;
  /** To those who are not the superuser: what is reserved is neither used nor available. */
  available: number | bigint;
  isReadOnly?: boolean;
  inodes?: { total: bigint; used: bigint };
}

export function toDisk({ mount, filesystem, total, used, available, isReadOnly, inodes }: Space): Disk {
  return {
    mount: fitText(mount, 500),
    filesystem: fitText(filesystem, 50),
    totalBytes: fitCount(total),
    usedBytes: fitCount(used),
    availableBytes: fitCount(available),
    ...(isReadOnly !== undefined && { isReadOnly }),
    ...(inodes && { inodesTotal: fitCount(inodes.total), inodesUsed: fitCount(inodes.used) }),
  };
}

/** macOS mounts pieces of its own system under /System/Volumes; the others list pseudo-filesystems among the disks. */
function isDisk(source: string, type: string, mount: string): boolean {
  if (mount.startsWith('/System/Volumes/')) return false;
  if (process.platform === 'win32') return true;
  return mount === '/' || source.startsWith('/dev/') || type.toLowerCase() === 'zfs' || isOfNetwork({ source });
}
