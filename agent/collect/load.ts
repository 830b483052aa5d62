import { loadavg } from 'node:os';

/** Runnable processes, averaged over 1, 5 and 15 minutes. Windows has no such figure; Node reports zeros there. */
export function readLoad(): { load1: number | null; load5: number | null; load15: number | null } {
  if (process.platform === 'win32') return { load1: null, load5: null, load15: null };
  const [load1 = null, load5 = null, load15 = null] = loadavg();
  return { load1, load5, load15 };
}
