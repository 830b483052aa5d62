import { readFileSync } from 'node:fs';

/** USER_HZ, which every Linux of today has at 100 (proc(5)). */
const TICKS_PER_SECOND = 100;

/**
 * Seconds of processor time, of a program and of the kernel on its behalf, that a process has used. What it did per
 * such second is what it does on a core of its own, however busy the machine is with others. Linux only.
 */
export function cpuSeconds(pid: number): number {
  const [utime, stime] = timesOf(pid);
  return (utime! + stime!) / TICKS_PER_SECOND;
}

/** The same of a process, of those that it has started, and of those of them that have ended. */
export function cpuSecondsWithChildren(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  const own = timesOf(pid).reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
  return children.reduce((sum, child) => sum + cpuSecondsIfThere(Number(child)), own);
}

function cpuSecondsIfThere(pid: number): number {
  try {
    return cpuSeconds(pid);
  } catch (error) {
    // It ended just now: its parent has its time, or is about to.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return 0;
    throw error;
  }
}

export function parentOf(pid: number): number {
  return Number(fieldsOf(pid)[1]);
}

/** utime and stime, and the same of its children that have ended. */
const timesOf = (pid: number) => fieldsOf(pid).slice(11, 15).map(Number);

/** From the third on: the second is the program's name in parentheses and may hold anything. */
function fieldsOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}
