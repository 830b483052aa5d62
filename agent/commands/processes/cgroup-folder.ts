import { join } from 'node:path';

/**
 * Where the control group (version 2) of a process is, from proc(5) `mountinfo` and `cgroup` of its own; null when
 * there is none. Beside a hierarchy of version 1 it is mounted elsewhere; in a container what is mounted may begin at
 * the container's own group.
 */
export function cgroupFolder(mountinfo: string, cgroup: string): string | null {
  // Number, parent, device, root, mount point, options, optional fields, a dash, type.
  const [, root, mount] = /^\d+ \d+ \S+ (\/\S*) (\/\S*) .* - cgroup2 /m.exec(mountinfo) ?? [];
  const own = /^0::(\/.*)$/m.exec(cgroup)?.[1];
  if (root === undefined || mount === undefined || own === undefined) return null;
  const isBelow = root !== '/' && (own === root || own.startsWith(`${root}/`));
  return join(mount, isBelow ? own.slice(root.length) : own);
}
