import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** Processor time of all cores since boot, in a unit of the platform's choice: only the ratio of differences counts. */
export interface CpuTimes {
  busy: number;
  total: number;
}

export async function readCpuTimes(): Promise<CpuTimes> {
  if (process.platform === 'linux') return parseProcStat(await readFile('/proc/stat', 'utf8'));
  let busy = 0;
  let idle = 0;
  for (const { times } of cpus()) {
    busy += times.user + times.nice + times.sys + times.irq;
    idle += times.idle;
  }
  return { busy, total: busy + idle };
}

/**
 * The first line of /proc/stat (proc(5)). Read by ourselves because os.cpus() leaves out the time spent waiting for
 * disks, and without it in the total a machine that only waits looks busy.
 */
export function parseProcStat(text: string): CpuTimes {
  const fields = /^cpu\s+(.+)$/m.exec(text)?.[1]?.split(/\s+/).map(Number) ?? [];
  // user nice system idle iowait irq softirq steal; guest time follows and is contained in user and nice already
  const times = fields.slice(0, 8);
  if (times.length < 4 || times.some((time) => !Number.isFinite(time)))
    throw new Error('/proc/stat has no readable cpu line');
  const total = times.reduce((sum, time) => sum + time, 0);
  return { busy: total - times[3]! - (times[4] ?? 0), total };
}

/**
 * Percent between two readings; null when no time has passed or the counters went back, as they do on a resumed
 * machine.
 */
export function cpuPercent(before: CpuTimes | null, after: CpuTimes | null): number | null {
  if (!before || !after) return null;
  const total = after.total - before.total;
  const busy = after.busy - before.busy;
  return total > 0 && busy >= 0 ? (100 * busy) / total : null;
}
