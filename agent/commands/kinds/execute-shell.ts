import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { basename, join, parse } from 'node:path';
import { MODE } from '../../state/write-file';
import type { Acting } from '../processes/processes';
import type { Program } from '../processes/run-program';
import type { Command } from '../command-kinds';
import type { Exit } from '../machine';
import { findUser } from './find-user';

type Script = Extract<Command, { kind: 'execute_shell' }>;

/** Where the script of a run is while it runs. Its name is known, so that what a crash left can be removed. */
const scriptFolder = (runId: string) => join(tmpdir(), `sysmanage-run-${runId}`);

const BEGIN = 'begin';
const SCRIPT = 'script';

/**
 * Its files one by one and then the folder, if that is ours: root would follow a folder that the script's user swapped
 * for a link, or has left in its place, and remove whatever it leads to. What a script has put there stays.
 */
export function removeScript(runId: string): void {
  const folder = scriptFolder(runId);
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found?.isDirectory() || (process.getuid && found.uid !== process.getuid())) return;
  for (const name of [BEGIN, ...ENDINGS.map((ending) => SCRIPT + ending)]) rmSync(join(folder, name), { force: true });
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

/**
 * Gives a script to its interpreter. As a file of its own, which only the user it runs as can read: arguments are for
 * everybody to see, and standard input is the script's.
 */
export async function executeShell(command: Script, { runId, run }: Acting): Promise<Exit> {
  const user = command.runAs === undefined ? null : await findUser(command.runAs);
  const folder = scriptFolder(runId);
  const interpreter = command.interpreter ?? DEFAULT_INTERPRETER;
  const path = join(folder, SCRIPT + endingFor(interpreter));
  const environment = Object.fromEntries((command.environment ?? []).map(({ name, value }) => [name, value]));
  const program: Program = {
    file: interpreter,
    args: [...optionsOf(interpreter), path],
    environment,
    workingDirectory: command.workingDirectory ?? homeOf(user?.home ?? userInfo().homedir),
    input: command.input,
  };
  mkdirSync(folder, { mode: MODE.folder });
  try {
    writeFileSync(path, command.script, { mode: MODE.key });
    if (!user) return await run(program);
    const begin = join(folder, BEGIN);
    const own = { HOME: user.home, USER: user.name, LOGNAME: user.name, SHELL: user.shell };
    writeFileSync(begin, exporting({ ...own, ...environment }), { mode: MODE.key });
    for (const file of [path, begin]) chownSync(file, user.uid, user.gid);
    // Its files are the user's, who passes through it and changes nothing in it.
    chmodSync(folder, 0o711);
    return await run(asUser({ ...program, file: '/bin/sh', args: [begin, interpreter, ...program.args] }, user.name));
  } finally {
    removeScript(runId);
  }
}

/**
 * For sh: becomes what its arguments name, with these variables. One that this sh keeps for itself, as bash does UID,
 * is complained of and left out.
 */
const exporting = (variables: Record<string, string>) =>
  [
    ...Object.entries(variables).map(([name, value]) => `command export ${name}='${value.replaceAll("'", "'\\''")}'`),
    'exec "$@"\n',
  ].join('\n');

/** Users of services have homes that are not there. */
const homeOf = (home: string) => (existsSync(home) ? home : parse(process.cwd()).root);

export const DEFAULT_INTERPRETER = process.platform === 'win32' ? 'powershell' : 'sh';

/**
 * runuser(1) of util-linux and su(1) of the BSDs set groups and limits as well, which a bare setuid would not. Both are
 * root: what a sender says of the environment, PATH and LD_PRELOAD included, is none of theirs.
 */
function asUser(program: Program, user: string): Program {
  if (process.platform === 'linux') {
    return { ...program, environment: {}, file: 'runuser', args: ['-u', user, '--', program.file, ...program.args] };
  }
  // `-m` leaves the environment as it is, and starts its SHELL with the words that follow as arguments.
  const args = ['-m', user, '-c', 'exec "$@"', 'sh', program.file, ...program.args];
  return { ...program, environment: { SHELL: '/bin/sh' }, file: 'su', args };
}

const nameOf = (interpreter: string) =>
  basename(interpreter.replaceAll('\\', '/'))
    .toLowerCase()
    .replace(/\.exe$/, '');

/** Windows' interpreters go by the ending of a file. */
const ENDINGS = ['', '.ps1', '.cmd'] as const;

function endingFor(interpreter: string): (typeof ENDINGS)[number] {
  const name = nameOf(interpreter);
  if (name === 'powershell' || name === 'pwsh') return '.ps1';
  return name === 'cmd' ? '.cmd' : '';
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
