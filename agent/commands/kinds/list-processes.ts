import { processes } from 'systeminformation';
import { fitCount, fitPercent, fitText } from '../../collect/fit';
import type { Acting } from '../processes/processes';
import type { RunningProcess } from '../command-kinds';
import type { Exit } from '../machine';

export async function listProcesses({ write }: Acting): Promise<Exit> {
  write((await readProcesses()).map((running) => `${JSON.stringify(running)}\n`).join(''));
  return { exitCode: 0 };
}

export async function readProcesses(): Promise<RunningProcess[]> {
  const { list } = await processes();
  return list.map(({ pid, parentPid, user, started, cpu, memRss, command, params, name }) => ({
    pid,
    parentPid,
    user: fitText(user, 100),
    startedAt: instant(started),
    cpuPercent: fitPercent(cpu) ?? 0,
    // In KiB.
    memoryBytes: fitCount(memRss * 1024),
    command: fitText([command || name, params].filter(Boolean).join(' '), 1000),
  }));
}

/** It gives local time, `YYYY-MM-DD hh:mm:ss`. */
function instant(started: string): string {
  const at = new Date(started.replace(' ', 'T'));
  return Number.isNaN(at.getTime()) ? new Date(0).toISOString() : at.toISOString();
}
