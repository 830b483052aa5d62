/** A line of /proc/self/mountinfo (proc(5)). */
export interface Mount {
  /** Major and minor number of what holds the files. The kernel gives major 0 to what has no block device. */
  device: string;
  source: string;
  mount: string;
  filesystem: string;
  /** The file system is, not only this way to it. */
  isReadOnly: boolean;
  /** Of a read-only file system: its mount says nothing of that. So a kernel leaves a disk that fails. */
  hasTurnedReadOnly: boolean;
}

/** Disks whose data sets have no device number of a block device: each is a volume of a pool. */
const POOLED = new Set(['zfs', 'btrfs', 'bcachefs']);

export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [ways, holder] = line.split(' - ');
    const [, , device, , mount, wayOptions] = ways?.split(' ').map(unescape) ?? [];
    const [filesystem, source, options] = holder?.split(' ').map(unescape) ?? [];
    if (!device || !mount || !filesystem || !source) return [];
    const isReadOnly = isOf('ro', options);
    // Whoever mounts a disk read-only says so of both: of the file system and of the way to it.
    return [
      { device, source, mount, filesystem, isReadOnly, hasTurnedReadOnly: isReadOnly && !isOf('ro', wayOptions) },
    ];
  });
}

const isOf = (option: string, options = '') => options.split(',').includes(option);

/**
 * The disks of this machine, each with the mounts that show it, the best known first: bind mounts and subvolumes show
 * one disk many times, and the shortest path is the one people know. A disk is what has a block device or is a data set
 * of a pool, or is a network file system. The root counts as one where it can be written whatever it is, so that a
 * container, whose root is an overlay, has a disk.
 */
export function groupByDisk(mounts: readonly Mount[]): Mount[][] {
  const disks = new Map<string, Mount[]>();
  for (const mount of mounts) {
    if (!isDisk(mount)) continue;
    const key = hasBlockDevice(mount) ? mount.device : mount.source;
    const known = disks.get(key);
    if (known) known.push(mount);
    else disks.set(key, [mount]);
  }
  return [...disks.values()].map((ways) => ways.sort((a, b) => a.mount.length - b.mount.length));
}

/** SERVER:/PATH as NFS, Ceph, GlusterFS and sshfs write it, USER@CLUSTER=/PATH of newer Ceph, //SERVER/SHARE of SMB. */
export const isOfNetwork = ({ source }: Pick<Mount, 'source'>): boolean => /^(\/\/[^/]+\/|[^/\s]+[:=]\/)/.test(source);

const hasBlockDevice = ({ device }: Mount): boolean => !device.startsWith('0:');

function isDisk(mount: Mount): boolean {
  // A snapshot of ZFS is no place where anything is written.
  if (POOLED.has(mount.filesystem)) return !(mount.filesystem === 'zfs' && mount.source.includes('@'));
  return hasBlockDevice(mount) || isOfNetwork(mount) || (mount.mount === '/' && !mount.isReadOnly);
}

/** The kernel writes space, tab, newline and backslash as three octal digits. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
