import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { fitText } from '../../collect/fit';
import { words } from '../../../words/words';
import { type Exit, inDetail } from '../machine';
import type { Stream } from '../spool';

/** What a process wrote is read for so long after its end, when something it started holds its output open. */
const DRAIN_MS = 1_000;

/** Of one stream, so many bytes in so long; then its writer waits. A program that writes without end leaves room. */
const PACE = { bytes: 1024 * 1024, ms: 50 };

/** One program. Its arguments are arguments: no shell reads them. */
export interface Program {
  /** By name, or absolute. */
  file: string;
  args: readonly string[];
  /** Added to what all have. */
  environment?: Record<string, string>;
  workingDirectory?: string;
  /** Standard input. Absent: there is none. */
  input?: string;
}

export interface Surroundings {
  environment: Record<string, string | undefined>;
  /** The file of a control group, for the process to enter before it becomes the program. */
  cgroupProcs: string | null;
  onStarted: (pid: number) => void;
  onOutput: (stream: Stream, bytes: Buffer) => void;
}

/** Runs it to its end, in a session and group of its own. Never rejects. */
export function runProgram(program: Program, { environment, cgroupProcs, onStarted, onOutput }: Surroundings) {
  return new Promise<Exit>((resolve) => {
    const env = { ...environment, ...program.environment } as NodeJS.ProcessEnv;
    const file = findProgram(program.file, env['PATH']);
    if (!file)
      return resolve({ reason: 'could_not_start', ...inDetail(words('agent.run.no_program', { file: program.file })) });
    const { workingDirectory } = program;
    if (workingDirectory !== undefined && !existsSync(workingDirectory))
      return resolve({
        reason: 'could_not_start',
        ...inDetail(words('agent.run.no_folder', { folder: fitText(workingDirectory, 900) })),
      });
    // Before it can fork: a descendant of another group would never be found in this one.
    const [shown, args] = cgroupProcs
      ? ['/bin/sh', ['-c', 'echo $$ 2>/dev/null >"$0"; exec "$@"', cgroupProcs, file, ...program.args]]
      : [file, [...program.args]];
    const stdin = program.input === undefined ? 'ignore' : 'pipe';
    const child = spawn(shown, args, {
      cwd: workingDirectory,
      env,
      stdio: [stdin, 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    if (child.pid !== undefined) onStarted(child.pid);
    // One that ends without reading is no failure of ours.
    child.stdin?.on('error', () => undefined).end(program.input);
    let drain: NodeJS.Timeout | undefined;
    for (const stream of ['stdout', 'stderr'] as const) {
      let left = PACE.bytes;
      child[stream]!.on('data', (bytes: Buffer) => {
        onOutput(stream, bytes);
        if ((left -= bytes.length) > 0 || drain) return;
        left = PACE.bytes;
        child[stream]!.pause();
        setTimeout(() => child[stream]!.resume(), PACE.ms);
      });
    }
    child.once('error', (error) => resolve({ reason: 'could_not_start', detail: fitText(error.message, 1000) }));
    child.once('exit', () => {
      drain = setTimeout(() => {
        child.stdout!.destroy();
        child.stderr!.destroy();
      }, DRAIN_MS);
      child.stdout!.resume();
      child.stderr!.resume();
    });
    child.once('close', (code, signal) => {
      clearTimeout(drain);
      resolve(signal ? { signal } : { exitCode: code ?? undefined });
    });
  });
}

/** Its path; null when it is not there or may not be run. */
export function findProgram(file: string, path = ''): string | null {
  const names = process.platform === 'win32' ? [file, `${file}.exe`, `${file}.cmd`, `${file}.bat`] : [file];
  const places = isAbsolute(file) ? [''] : path.split(delimiter).filter((folder) => isAbsolute(folder));
  for (const place of places) {
    for (const name of names) if (mayRun(join(place, name))) return join(place, name);
  }
  return null;
}

function mayRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
