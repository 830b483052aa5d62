import type { Command } from '../command-kinds';
import type { Exit, Processes } from '../machine';
import type { Stream } from '../spool';
import { findCgroups, type Cgroup } from './cgroup';
import { endAtOnce, endPolitely, untilGone } from './end-tree';
import { MARK } from './find-tree';
import { createMask } from './mask';
import { runProgram, type Program } from './run-program';

/** What an act has to work with. */
export interface Acting {
  runId: string;
  /** What all its programs find in their environment. */
  environment: Record<string, string | undefined>;
  /** Runs a program, whose output is the run's. */
  run: (program: Program) => Promise<Exit>;
  /** Runs a program and gives back what it wrote to its standard output; what it wrote to the other is the run's. */
  capture: (program: Program) => Promise<Exit & { stdout: string }>;
  write: (text: string, stream?: Stream) => void;
}

/** How a command is done here. An error that is thrown is why it failed. */
export type Act = (command: Command, acting: Acting) => Promise<Exit>;

export interface ProcessesOptions {
  act: Act;
  environment: Record<string, string | undefined>;
  boot: string;
}

interface Living {
  leaders: Set<number>;
  cgroup: Cgroup | null;
  isEnded: boolean;
}

/** The programs of runs, as real processes. */
export function createProcesses({ act, environment, boot }: ProcessesOptions): Processes {
  const openCgroup = findCgroups();
  const living = new Map<string, Living>();

  return {
    boot,
    start(runId, command, { output, ended }) {
      const tree: Living = { leaders: new Set(), cgroup: openCgroup?.(runId) ?? null, isEnded: false };
      living.set(runId, tree);
      const masks = { stdout: createMask(secretsOf(command)), stderr: createMask(secretsOf(command)) };
      const onOutput = (stream: Stream, bytes: Buffer) => {
        const shown = masks[stream].next(bytes);
        if (shown.length > 0) output(stream, shown);
      };
      const surroundings = {
        environment: { ...environment, [MARK]: runId },
        cgroupProcs: tree.cgroup?.procs ?? null,
        onStarted: (pid: number) => void tree.leaders.add(pid),
      };
      const run = (program: Program, take = onOutput): Promise<Exit> =>
        // Between two programs of one run somebody may have ended it.
        tree.isEnded
          ? Promise.resolve({ signal: 'SIGTERM' })
          : runProgram(program, { ...surroundings, onOutput: take });
      const acting: Acting = {
        runId,
        environment,
        run: (program) => run(program),
        async capture(program) {
          const taken: Buffer[] = [];
          const exit = await run(program, (stream, bytes) => {
            if (stream === 'stdout') taken.push(bytes);
            else onOutput(stream, bytes);
          });
          return { ...exit, stdout: Buffer.concat(taken).toString() };
        },
        write: (text, stream = 'stdout') => onOutput(stream, Buffer.from(text)),
      };
      void Promise.resolve()
        .then(() => act(command, acting))
        .catch((error: unknown): Exit => ({ reason: 'other', detail: (error as Error).message.slice(0, 1000) }))
        .then(async (exit) => {
          // A shell goes at the first word. What it started has the grace to clean up, and is ended after it.
          if (tree.isEnded) await untilGone({ runId, ...tree });
          for (const stream of ['stdout', 'stderr'] as const) {
            const rest = masks[stream].rest();
            if (rest.length > 0) output(stream, rest);
          }
          tree.cgroup?.remove();
          living.delete(runId);
          ended(exit);
        });
    },
    end(runId, how) {
      const tree = living.get(runId);
      if (!tree) return;
      tree.isEnded = true;
      if (how === 'politely') endPolitely({ runId, ...tree });
      else void endAtOnce({ runId, ...tree });
    },
  };
}

function secretsOf(command: Command): string[] {
  if (command.kind !== 'execute_shell') return [];
  return (command.environment ?? []).flatMap(({ value, isSecret }) => (isSecret ? [value] : []));
}
