import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';

export interface Program {
  pid: number;
  /** All it has printed so far. */
  output(): string;
  /** Resolves with the first match in what it has printed or will print; rejects when it ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Asks it to stop and resolves with its exit code. After ten seconds it is killed, and the code is null. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Runs something out of `build/`. Only the given variables reach it: what the tester's own shell has set must not
 * decide how a test goes.
 *
 * @param namespace of the network that it is to be in; this machine's own unless told otherwise. Needs root
 */
export function startProgram(
  file: string,
  args: string[],
  env: Record<string, string> = {},
  namespace?: string,
): Program {
  const { PATH = '', HOME = '' } = process.env;
  const root = dirname(import.meta.dirname);
  const first = ['--import', join(root, 'tools/test/end-with-parent.mjs')];
  const command = [process.execPath, ...first, join(root, 'build', file), ...args];
  const within = namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace];
  return startCommand(file, [...within, ...command], { PATH, HOME, NODE_ENV: 'production', ...env }, 'pipe');
}

/**
 * Runs any command.
 *
 * @param name for what is said when it ends too early
 * @param input its standard input: nothing, or a pipe into which nothing is written
 */
export function startCommand(
  name: string,
  [program, ...args]: string[],
  env: NodeJS.ProcessEnv = process.env,
  input: 'ignore' | 'pipe' = 'ignore',
): Program {
  const child = spawn(program!, args, { env, stdio: [input, 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const exited = once(child, 'close');
  return {
    pid: child.pid ?? -1,
    output: () => output,
    printed: (pattern) =>
      waitFor(
        child,
        () => pattern.exec(output),
        () => `${name} ended before it printed ${pattern}:\n${output}`,
      ),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(timer);
      return child.exitCode;
    },
  };
}

async function waitFor(
  child: ChildProcess,
  look: () => RegExpExecArray | null,
  complain: () => string,
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const check = () => {
      const match = look();
      if (match) resolve(match);
    };
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', check);
    child.once('close', () => reject(new Error(complain())));
    check();
    if (child.exitCode !== null || child.signalCode !== null) reject(new Error(complain()));
  });
}
