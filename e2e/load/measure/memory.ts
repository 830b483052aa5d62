import { readFileSync } from 'node:fs';

/** MiB that a process has in memory now: VmRSS of proc(5). */
export function residentMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kib) / 1024;
}
