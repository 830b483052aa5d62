import { readFile, statfs } from 'node:fs/promises';
import { fsSize } from 'systeminformation';
import type { Sample } from '../protocol';
import { fitCount, fitText } from './fit';
import { localDisks, parseMounts, type Mount } from './mounts';

const MOST = 64;
const PATIENCE_MS = 2_000;

type Disk = Sample['disks'][number];

/**
 * Space on the disks of this machine. On Linux straight from the kernel, elsewhere through systeminformation, which
 * runs df or PowerShell.
 */
export async function readDisks(): Promise<Disk[]> {
  if (process.platform === 'linux') return readLinuxDisks();
  const volumes = (await fsSize()).filter(({ fs, type, mount }) => isDisk(fs, type, mount));
  return volumes.slice(0, MOST).map(({ mount, type, size, used }) => toDisk(mount, type, size, used));
}

/** Differs when a disk was mounted or removed. Always empty where finding out would cost a process. */
export async function readMountSet(): Promise<string> {
  if (process.platform !== 'linux') return '';
  return (await listLinuxDisks()).map(({ source, mount }) => `${source} ${mount}`).join('\n');
}

async function listLinuxDisks(): Promise<Mount[]> {
  return localDisks(parseMounts(await readFile('/proc/self/mounts', 'utf8'))).slice(0, MOST);
}

async function readLinuxDisks(): Promise<Disk[]> {
  const disks = await Promise.all((await listLinuxDisks()).map(askKernel));
  return disks.filter((disk) => disk !== null);
}

const unanswered = new Set<string>();

/**
 * Null when the disk does not answer. A dying one can block the call for good, and with it one of Node's four file
 * system threads; so it is not asked again while an earlier question is open.
 */
async function askKernel({ mount, filesystem }: Mount): Promise<Disk | null> {
  if (unanswered.has(mount)) return null;
  unanswered.add(mount);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS, null)));
  const answer = statfs(mount, { bigint: true })
    .then(({ bsize, blocks, bfree }) => toDisk(mount, filesystem, bsize * blocks, bsize * (blocks - bfree)))
    // Unmounted since it was listed, or closed to us, as FUSE mounts of other users are: not a disk we can report.
    .catch(() => null)
    .finally(() => unanswered.delete(mount));
  const disk = await Promise.race([answer, late]);
  clearTimeout(timer);
  return disk;
}

function toDisk(mount: string, filesystem: string, total: number | bigint, used: number | bigint): Disk {
  return {
    mount: fitText(mount, 500),
    filesystem: fitText(filesystem, 50),
    totalBytes: fitCount(total),
    usedBytes: fitCount(used),
  };
}

/** macOS mounts pieces of its own system under /System/Volumes; the others list pseudo-filesystems among the disks. */
function isDisk(source: string, type: string, mount: string): boolean {
  if (mount.startsWith('/System/Volumes/')) return false;
  if (process.platform === 'win32') return true;
  return mount === '/' || source.startsWith('/dev/') || type.toLowerCase() === 'zfs';
}
