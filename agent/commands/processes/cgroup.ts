import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupFolder } from './cgroup-folder';

const PREFIX = 'sysmanage-run-';

/** A control group (cgroup v2): whatever a process does, its descendants stay in it. */
export interface Cgroup {
  /** Whoever writes its number into this file is in it. */
  procs: string;
  pids(): number[];
  /** Ends all of them with SIGKILL, where the kernel can do that at one stroke (5.14). */
  kill(): void;
  /** Stays where processes are still in it. */
  remove(): void;
}

/** Null where there are no control groups of version 2, or the agent may not make any. */
export function findCgroups(): ((runId: string) => Cgroup | null) | null {
  try {
    const base = cgroupFolder(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
    if (!base) return null;
    for (const name of readdirSync(base)) if (name.startsWith(PREFIX)) attempt(() => rmdirSync(join(base, name)));
    const probe = join(base, `${PREFIX}probe`);
    mkdirSync(probe);
    // In a folder that is none, a file of that name would be a file, and would never forget who was in it.
    const isOne = existsSync(join(probe, 'cgroup.procs'));
    rmdirSync(probe);
    if (!isOne) return null;
    return (runId) => openCgroup(join(base, PREFIX + runId));
  } catch {
    // No Linux, an older one, or a container that may only look.
    return null;
  }
}

function openCgroup(path: string): Cgroup | null {
  const procs = join(path, 'cgroup.procs');
  try {
    mkdirSync(path, { recursive: true });
  } catch {
    return null;
  }
  return {
    procs,
    pids: () =>
      attempt(() => readFileSync(procs, 'utf8'))
        ?.split('\n')
        .flatMap((line) => Number(line) || []) ?? [],
    kill: () => void attempt(() => writeFileSync(join(path, 'cgroup.kill'), '1')),
    remove: () => void attempt(() => rmdirSync(path)),
  };
}

/** Undefined when it fails: the tree of processes is looked for in other ways as well. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
