import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { parseArguments } from '../process/arguments';
import { configure } from '../process/configure';
import { EXIT, FatalError } from '../process/exit-codes';
import { programOf, type Recipe, RECIPES, type ServiceManager } from './recipes';

const HELP = `Usage: sysmanage-agent install [--for MANAGER] [--print] [options]

Puts this file where it stays, keeps the options as agent.yaml and the enrolment token, and has the service manager of
this machine start the agent now and at each boot. Run it as root, again to change an option or to bring a newer file.

  --for MANAGER   ${Object.keys(RECIPES).join(', ')}; the one of this machine when left out
  --print         say what would be written and run, and do nothing
  options         those of the agent: --server, --token-file, --ca-pin, …; see sysmanage-agent --help
`;

/** The unit of the Debian package, which is to be started and not replaced. */
const PACKAGED_UNIT = '/lib/systemd/system/sysmanage-agent.service';

/**
 * `sysmanage-agent install`.
 * @param argv what follows that
 * @returns what to print
 * @throws FatalError
 */
export async function install(argv: string[]): Promise<string> {
  const own = readOwn(argv);
  if (own.help) return HELP;
  const manager = own.for ?? findManager();
  const recipe: Recipe = RECIPES[manager];
  const given = parseArguments(own.rest);
  const stateDir =
    given.stateDir ?? (manager === 'windows' ? 'C:\\ProgramData\\sysmanage-agent' : '/etc/sysmanage-agent');
  const started = { node: process.execPath, program: programOf(manager), stateDir };
  if (own.print) return describe(recipe, started.program, recipe.text(started));
  if (manager !== findManager())
    throw new FatalError(EXIT.USAGE, `--for ${manager}: this machine has another; see --print`);
  if (process.getuid && process.getuid() !== 0) throw new FatalError(EXIT.USAGE, 'only root can install the agent');
  // Checked before anything is written, and kept as at any start.
  const { unlock } = await configure({ ...given, stateDir });
  unlock();
  if (manager !== 'systemd' || !existsSync(PACKAGED_UNIT)) {
    copyProgram(started.program);
    mkdirSync(dirname(recipe.path), { recursive: true });
    writeFileSync(recipe.path, recipe.text(started), { mode: recipe.mode });
  }
  for (const command of recipe.commands) runCommand(command);
  return `The agent runs, and starts with this machine. Its files are in ${stateDir}.\n`;
}

function readOwn(argv: string[]) {
  const { values, tokens } = parseArgs({
    args: argv,
    strict: false,
    tokens: true,
    options: { for: { type: 'string' }, print: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const isOwn = (name: string) => ['for', 'print'].includes(name);
  const taken = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== 'option' || !isOwn(token.name)) continue;
    taken.add(token.index);
    if (token.value !== undefined && !token.inlineValue) taken.add(token.index + 1);
  }
  const manager = values.for;
  if (manager !== undefined && !Object.hasOwn(RECIPES, String(manager)))
    throw new FatalError(EXIT.USAGE, `--for: one of ${Object.keys(RECIPES).join(', ')}`);
  return {
    help: values.help === true,
    print: values.print === true,
    for: manager as ServiceManager | undefined,
    rest: argv.filter((_, index) => !taken.has(index)),
  };
}

/** @throws FatalError where there is none that we know */
function findManager(): ServiceManager {
  const known: Partial<Record<NodeJS.Platform, ServiceManager>> = {
    darwin: 'launchd',
    freebsd: 'freebsd',
    openbsd: 'openbsd',
    win32: 'windows',
  };
  const found = known[process.platform];
  if (found) return found;
  if (process.platform === 'linux' && existsSync('/run/systemd/system')) return 'systemd';
  throw new FatalError(
    EXIT.USAGE,
    'this machine has no service manager that is known here; --for MANAGER --print shows what others get',
  );
}

/** This file, unless it is the one that is there. */
function copyProgram(to: string): void {
  const from = realpathSync(process.argv[1]!);
  if (existsSync(to) && realpathSync(to) === from) return;
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

function runCommand([program, ...args]: string[]): void {
  try {
    execFileSync(program!, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (cause) {
    throw new FatalError(EXIT.SOFTWARE, `${[program, ...args].join(' ')} failed; what it is for is written`, { cause });
  }
}

const describe = ({ path, mode, commands, needs }: Recipe, program: string, text: string) =>
  [
    ...(needs ? [`# ${needs}`] : []),
    `# this file: ${program}`,
    `# ${path} (${mode.toString(8).padStart(4, '0')})`,
    text,
    ...commands.map((command) => `# ${command.join(' ')}`),
    '',
  ].join('\n');
