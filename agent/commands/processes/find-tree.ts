import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Every process of a run has it in its environment, unless it took it out. */
export const MARK = 'SYSMANAGE_RUN';

interface Found {
  pid: number;
  parent: number;
  group: number;
  session: number;
  isMarked: boolean;
}

/**
 * The processes of a run that are alive: those of the groups and sessions that it was begun with, their descendants,
 * and those that left both and still carry its mark.
 *
 * @param leaders the processes it was begun with: each has a session of its own
 */
export function findTree(runId: string, leaders: ReadonlySet<number>): number[] {
  const all = process.platform === 'linux' ? readProc(runId) : askPs(runId);
  const tree = new Set<number>();
  for (let size = -1; size < tree.size;) {
    size = tree.size;
    for (const { pid, parent, group, session, isMarked } of all) {
      const isOfRun = isMarked || leaders.has(pid) || leaders.has(group) || leaders.has(session) || tree.has(parent);
      if (isOfRun && pid !== process.pid) tree.add(pid);
    }
  }
  return [...tree];
}

function readProc(runId: string): Found[] {
  const mark = Buffer.from(`${MARK}=${runId}`);
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = readIfAlive(`/proc/${name}/stat`)?.toString();
    if (!stat) return [];
    // proc(5): the name is in brackets and may have any characters; what follows is state, ppid, pgrp, session.
    const [state, ...numbers] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [parent, group, session] = numbers.map(Number);
    if (state === 'Z' || state === 'X') return [];
    const isMarked = readIfAlive(`/proc/${name}/environ`)?.includes(mark) ?? false;
    return [{ pid: Number(name), parent: parent!, group: group!, session: session!, isMarked }];
  });
}

/** Null of a process that has ended, or is not ours to look at. */
function readIfAlive(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

/** The BSDs and macOS, whose `ps` shows the environment behind the command to its owner and to root. */
function askPs(runId: string): Found[] {
  const environment = process.platform === 'darwin' ? 'axEww' : 'axeww';
  const listed = execFileSync('ps', [environment, '-o', 'pid=,ppid=,pgid=,stat=,command='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return parsePs(listed, runId);
}

function parsePs(listed: string, runId: string): Found[] {
  return listed.split('\n').flatMap((line) => {
    const [, pid, parent, group, state, command] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (!pid || state!.startsWith('Z')) return [];
    const isMarked = command!.includes(`${MARK}=${runId}`);
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), session: 0, isMarked }];
  });
}
