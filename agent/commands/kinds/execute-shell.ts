import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { basename, join, parse } from 'node:path';
import { MODE } from '../../state/write-file';
import type { Acting } from '../processes/processes';
import type { Program } from '../processes/run-program';
import type { Command } from '../protocol';
import type { Exit } from '../runs';
import { findUser } from './find-user';

type Script = Extract<Command, { kind: 'execute_shell' }>;

/** Where the script of a run is while it runs. Its name is known, so that what a crash left can be removed. */
const scriptFolder = (runId: string) => join(tmpdir(), `sysmanage-run-${runId}`);

export const removeScript = (runId: string) => rmSync(scriptFolder(runId), { recursive: true, force: true });

/**
 * Gives a script to its interpreter. As a file of its own, which only the user it runs as can read: arguments are for
 * everybody to see, and standard input is the script's.
 */
export async function executeShell(command: Script, { runId, run }: Acting): Promise<Exit> {
  const user = command.runAs === undefined ? null : await findUser(command.runAs);
  const folder = scriptFolder(runId);
  try {
    const interpreter = command.interpreter ?? DEFAULT_INTERPRETER;
    const path = join(folder, `script${endingFor(interpreter)}`);
    mkdirSync(folder, { mode: MODE.folder });
    writeFileSync(path, command.script, { mode: MODE.key });
    if (user) for (const made of [path, folder]) chownSync(made, user.uid, user.gid);
    const program: Program = {
      file: interpreter,
      args: [...optionsOf(interpreter), path],
      environment: {
        ...(user && { HOME: user.home, USER: user.name, LOGNAME: user.name, SHELL: user.shell }),
        ...Object.fromEntries((command.environment ?? []).map(({ name, value }) => [name, value])),
      },
      workingDirectory: command.workingDirectory ?? homeOf(user?.home ?? userInfo().homedir),
      input: command.input,
    };
    return await run(user ? asUser(program, user.name) : program);
  } finally {
    removeScript(runId);
  }
}

/** Users of services have homes that are not there. */
const homeOf = (home: string) => (existsSync(home) ? home : parse(process.cwd()).root);

export const DEFAULT_INTERPRETER = process.platform === 'win32' ? 'powershell' : 'sh';

/** runuser(1) of util-linux and su(1) of the BSDs set groups and limits as well, which a bare setuid would not. */
function asUser(program: Program, user: string): Program {
  if (process.platform === 'linux') {
    return { ...program, file: 'runuser', args: ['-u', user, '--', program.file, ...program.args] };
  }
  // `-m` leaves the environment as it is. The shell that su starts is given its words as arguments.
  return { ...program, file: 'su', args: ['-m', user, '-c', 'exec "$@"', 'sh', program.file, ...program.args] };
}

const nameOf = (interpreter: string) =>
  basename(interpreter.replaceAll('\\', '/'))
    .toLowerCase()
    .replace(/\.exe$/, '');

/** Windows' interpreters go by the ending of a file. */
function endingFor(interpreter: string): string {
  return { powershell: '.ps1', pwsh: '.ps1', cmd: '.cmd' }[nameOf(interpreter)] ?? '';
}

/** What stands before the path. */
function optionsOf(interpreter: string): string[] {
  const options: Record<string, string[]> = {
    powershell: ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File'],
    pwsh: ['-NoProfile', '-NonInteractive', '-File'],
    cmd: ['/d', '/c'],
  };
  return options[nameOf(interpreter)] ?? [];
}
