import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { optionLines, parseArguments } from '../process/arguments';
import { configure } from '../process/configure';
import { EXIT, FatalError } from '../process/exit-codes';
import { programOf, type Recipe, RECIPES, type ServiceManager } from './recipes';
import type { Say } from '../../words/say';
import { words } from '../../words/words';
import { wrap } from '../../words/wrap';

const MANAGERS = Object.keys(RECIPES).join(', ');

const helpIn = (say: Say) =>
  [
    say(words('agent.help.usage', { call: 'sysmanage-agent install [--for MANAGER] [--print] [OPTIONS]' })),
    '',
    ...wrap(say(words('agent.install.about')), 118),
    '',
    ...optionLines('--for MANAGER', say(words('agent.install.for', { managers: MANAGERS }))),
    ...optionLines('--print', say(words('agent.install.print'))),
    ...optionLines('OPTIONS', say(words('agent.install.options'))),
    '',
  ].join('\n');

/** The unit of the Debian package, which is to be started and not replaced. */
const PACKAGED_UNIT = '/lib/systemd/system/sysmanage-agent.service';

/**
 * `sysmanage-agent install`.
 * @param argv what follows that
 * @param say the language of whoever called it
 * @returns what to print
 * @throws FatalError
 */
export async function install(argv: string[], say: Say): Promise<string> {
  const own = readOwn(argv);
  if (own.help) return helpIn(say);
  const manager = own.for ?? findManager();
  const recipe: Recipe = RECIPES[manager];
  const given = parseArguments(own.rest);
  const stateDir =
    given.stateDir ?? (manager === 'windows' ? 'C:\\ProgramData\\sysmanage-agent' : '/etc/sysmanage-agent');
  const started = { node: process.execPath, program: programOf(manager), stateDir };
  if (own.print) return describe(recipe, say, started.program, recipe.text(started));
  if (manager !== findManager()) throw new FatalError(EXIT.USAGE, words('agent.install.another_manager', { manager }));
  if (process.getuid && process.getuid() !== 0) throw new FatalError(EXIT.USAGE, words('agent.install.root_only'));
  // Checked before anything is written, and kept as at any start.
  const { unlock } = await configure({ ...given, stateDir }, say);
  unlock();
  if (manager !== 'systemd' || !existsSync(PACKAGED_UNIT)) {
    copyProgram(started.program);
    mkdirSync(dirname(recipe.path), { recursive: true });
    writeFileSync(recipe.path, recipe.text(started), { mode: recipe.mode });
  }
  // Where there is none yet this fails, which is no failure; one that is still there the next command complains of.
  for (const [program, ...args] of recipe.ending ?? []) spawnSync(program!, args, { stdio: 'ignore' });
  for (const command of recipe.commands) runCommand(command);
  return `${say(words('agent.install.done', { folder: stateDir }))}\n`;
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
    throw new FatalError(EXIT.USAGE, words('agent.install.one_of', { managers: MANAGERS }));
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
  throw new FatalError(EXIT.USAGE, words('agent.install.no_manager'));
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
    const command = [program, ...args].join(' ');
    throw new FatalError(EXIT.SOFTWARE, words('agent.install.failed', { command }), { cause });
  }
}

const describe = ({ path, mode, ending = [], commands, needs }: Recipe, say: Say, program: string, text: string) =>
  [
    ...(needs ? [`# ${say(needs)}`] : []),
    `# ${say(words('agent.install.this_file', { path: program }))}`,
    `# ${path} (${mode.toString(8).padStart(4, '0')})`,
    text,
    ...ending.map((command) => `# ${say(words('agent.install.if_there', { command: command.join(' ') }))}`),
    ...commands.map((command) => `# ${command.join(' ')}`),
    '',
  ].join('\n');
