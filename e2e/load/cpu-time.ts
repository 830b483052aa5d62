import { readFileSync } from 'node:fs';

/** USER_HZ, which every Linux of today has at 100 (proc(5)). */
const TICKS_PER_SECOND = 100;

/**
 * Seconds of processor time, of a program and of the kernel on its behalf, that a process has used. What it did per
 * such second is what it does on a core of its own, however busy the machine is with others. Linux only.
 */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses and may hold anything; utime and stime are the 14th and 15th.
  const [utime, stime] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(utime) + Number(stime)) / TICKS_PER_SECOND;
}
