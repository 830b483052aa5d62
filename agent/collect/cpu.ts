import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** Processor time of all cores since boot, in a unit of the platform's choice: only the ratio of differences counts. */
export interface CpuTimes {
  user: number;
  system: number;
  /** Of other kinds that are busy, in an order of the platform's. */
  others: number[];
  idle: number;
  /** Idle while a disk was waited for. Absent where the platform does not tell it from idle. */
  wait?: number;
  /** Likewise. It is busy time: others had the processor. */
  steal?: number;
}

/** Percent of all processor time; absent what the platform does not tell. */
interface CpuShares {
  busy: number;
  user: number;
  system: number;
  wait?: number;
  steal?: number;
}

export async function readCpuTimes(): Promise<CpuTimes> {
  if (process.platform === 'linux') return parseProcStat(await readFile('/proc/stat', 'utf8'));
  const times = cpus().map((core) => core.times);
  const sum = (kind: keyof (typeof times)[number]) => times.reduce((total, core) => total + core[kind], 0);
  return { user: sum('user') + sum('nice'), system: sum('sys'), others: [sum('irq')], idle: sum('idle') };
}

/**
 * The first line of /proc/stat (proc(5)). Read by ourselves because os.cpus() leaves out the time spent waiting for
 * disks, and without it in the total a machine that only waits looks busy.
 */
export function parseProcStat(text: string): CpuTimes {
  const fields = /^cpu\s+(.+)$/m.exec(text)?.[1]?.split(/\s+/).map(Number) ?? [];
  // guest time follows and is contained in user and nice already
  const [user, nice, system, idle, wait, irq = 0, softirq = 0, steal] = fields.slice(0, 8);
  const times = [user, nice, system, idle, wait ?? 0, irq, softirq, steal ?? 0];
  if (idle === undefined || times.some((time) => !Number.isFinite(time)))
    throw new Error('/proc/stat has no readable cpu line');
  return { user: user! + nice!, system: system!, others: [irq, softirq], idle, wait, steal };
}

/**
 * The shares between two readings; null when no time has passed or a counter went back, as one does on a machine that
 * was resumed or lost a core: then the others say nothing of the time between.
 */
export function cpuShares(before: CpuTimes | null, after: CpuTimes | null): CpuShares | null {
  if (!before || !after) return null;
  const [then, now] = [before, after].map(({ user, system, others, steal = 0 }) => [user, system, steal, ...others]);
  const spent = now!.map((time, kind) => time - (then![kind] ?? 0));
  // Together: the time waited may go back by itself, as proc(5) says.
  const idle = after.idle + (after.wait ?? 0) - before.idle - (before.wait ?? 0);
  if (idle < 0 || spent.some((time) => time < 0)) return null;
  const busy = spent.reduce((sum, time) => sum + time, 0);
  const total = busy + idle;
  if (total <= 0) return null;
  const share = (time: number) => (100 * time) / total;
  const waited = after.wait === undefined || before.wait === undefined ? -1 : after.wait - before.wait;
  return {
    busy: share(busy),
    user: share(spent[0]!),
    system: share(spent[1]!),
    ...(waited >= 0 && { wait: share(Math.min(waited, idle)) }),
    ...(after.steal !== undefined && { steal: share(spent[2]!) }),
  };
}
