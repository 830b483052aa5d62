import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { GRACE_SECONDS } from '../protocol';
import type { Cgroup } from './cgroup';
import { findTree } from './find-tree';

const ROUND_MS = 20;
const LOOK_EVERY_MS = 100;
/** One that forks faster than it is found is found by its group; one that is stuck in the kernel is never gone. */
const ROUNDS = 50;
/** What has not gone so long after the hard signal is stuck in the kernel, and goes when that lets it. */
const VANISH_MS = 5_000;
const MOST_MS = GRACE_SECONDS * 1000 + VANISH_MS;

export interface Tree {
  runId: string;
  leaders: ReadonlySet<number>;
  cgroup: Cgroup | null;
}

/** Asks every process of a run to end. */
export function endPolitely(tree: Tree): void {
  if (process.platform === 'win32') return taskkill(tree, []);
  for (const pid of alive(tree)) signal(pid, 'SIGTERM');
  // A stopped one hears nothing until it goes on.
  for (const pid of alive(tree)) signal(pid, 'SIGCONT');
}

/** Ends every process of a run, also those that they start meanwhile. */
export async function endAtOnce(tree: Tree): Promise<void> {
  if (process.platform === 'win32') return taskkill(tree, ['/F']);
  for (let round = 0; round < ROUNDS; round++) {
    tree.cgroup?.kill();
    const left = alive(tree);
    if (left.length === 0) return;
    for (const pid of left) signal(pid, 'SIGKILL');
    await setTimeout(ROUND_MS);
  }
}

/**
 * Resolves when no process of a run is left that was asked to end, and when one will not go: each look is one at every
 * process of the machine.
 */
export async function untilGone(tree: Tree, mostMs = MOST_MS): Promise<void> {
  const until = performance.now() + mostMs;
  while (process.platform !== 'win32' && alive(tree).length > 0 && performance.now() < until)
    await setTimeout(LOOK_EVERY_MS);
}

const alive = ({ runId, leaders, cgroup }: Tree) => [
  ...new Set([...(cgroup?.pids() ?? []), ...findTree(runId, leaders)]),
];

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile, or is another user's that ours may not signal.
  }
}

/**
 * `/T`: with all that they started. Without `/F` it asks windows to close, which a program without one does not hear.
 */
function taskkill({ leaders }: Tree, options: string[]): void {
  for (const pid of leaders) execFile('taskkill', ['/PID', String(pid), '/T', ...options], () => undefined);
}
