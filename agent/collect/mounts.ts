/** A line of /proc/self/mounts (proc(5)). */
export interface Mount {
  source: string;
  mount: string;
  filesystem: string;
}

/** Images and media that are full by nature and never fill up. */
const READ_ONLY_IMAGES = new Set(['squashfs', 'iso9660', 'udf', 'erofs', 'cramfs', 'romfs']);
/** Of disks, but without a device as their source. */
const POOLED = new Set(['zfs', 'bcachefs']);
/** Container runtimes bind these files from the host; asked for its size, each answers with the host's disk. */
const CONTAINER_FILES = new Set(['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/dev/termination-log']);

export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [source, mount, filesystem] = line.split(' ').map(unescape);
    return source && mount && filesystem ? [{ source, mount, filesystem }] : [];
  });
}

/**
 * The mounts that are disks of this machine, each disk once. Network filesystems are left out: their space is another
 * machine's to report, and asking a dead NFS server hangs. The root counts whatever it is, so that a container,
 * whose root is an overlay, has a disk.
 */
export function localDisks(mounts: readonly Mount[]): Mount[] {
  const disks = new Map<string, Mount>();
  for (const mount of mounts) {
    if (mount.mount !== '/' && !isLocalDisk(mount)) continue;
    // Bind mounts and btrfs subvolumes show one disk many times; the shortest path is the one people know.
    const known = disks.get(mount.source);
    if (!known || mount.mount.length < known.mount.length) disks.set(mount.source, mount);
  }
  return [...disks.values()];
}

function isLocalDisk({ source, mount, filesystem }: Mount): boolean {
  if (READ_ONLY_IMAGES.has(filesystem) || CONTAINER_FILES.has(mount)) return false;
  return source.startsWith('/dev/') || POOLED.has(filesystem);
}

/** The kernel writes space, tab, newline and backslash as three octal digits. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
