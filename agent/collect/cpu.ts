import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** Processor time of all cores since boot, in a unit of the platform's choice: only the ratio of differences counts. */
export interface CpuTimes {
  idle: number;
  /** By kind, in an order of the platform's. */
  busy: number[];
}

export async function readCpuTimes(): Promise<CpuTimes> {
  if (process.platform === 'linux') return parseProcStat(await readFile('/proc/stat', 'utf8'));
  const times = cpus().map((core) => core.times);
  const sum = (kind: keyof (typeof times)[number]) => times.reduce((total, core) => total + core[kind], 0);
  return { idle: sum('idle'), busy: [sum('user'), sum('nice'), sum('sys'), sum('irq')] };
}

/**
 * The first line of /proc/stat (proc(5)). Read by ourselves because os.cpus() leaves out the time spent waiting for
 * disks, and without it in the total a machine that only waits looks busy.
 */
export function parseProcStat(text: string): CpuTimes {
  const fields = /^cpu\s+(.+)$/m.exec(text)?.[1]?.split(/\s+/).map(Number) ?? [];
  // guest time follows and is contained in user and nice already
  const [user, nice, system, idle, wait = 0, ...others] = fields.slice(0, 8);
  const times = [user, nice, system, idle, wait, ...others];
  if (idle === undefined || times.some((time) => !Number.isFinite(time)))
    throw new Error('/proc/stat has no readable cpu line');
  // Together: the time waited may go back by itself, as proc(5) says.
  return { idle: idle + wait, busy: [user!, nice!, system!, ...others] };
}

/**
 * Percent between two readings; null when no time has passed or a counter went back, as one does on a machine that was
 * resumed or lost a core: then the others say nothing of the time between.
 */
export function cpuPercent(before: CpuTimes | null, after: CpuTimes | null): number | null {
  if (!before || !after) return null;
  const idle = after.idle - before.idle;
  const spent = after.busy.map((time, kind) => time - (before.busy[kind] ?? 0));
  if (idle < 0 || spent.some((time) => time < 0)) return null;
  const busy = spent.reduce((sum, time) => sum + time, 0);
  return busy + idle > 0 ? (100 * busy) / (busy + idle) : null;
}
