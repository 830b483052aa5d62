import { CommandError, type Entry, EXIT_CODES, inColumns } from './command';
import { COMMANDS } from './table';

/** The command that the first one or two words name, and what follows them; null when none of them do. */
export function findCommand(words: string[]): { entry: { name: string } & Entry; args: string[] } | null {
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(' ');
    if (words.length >= count && Object.hasOwn(COMMANDS, name))
      return { entry: { name, ...COMMANDS[name]! }, args: words.slice(count) };
  }
  return null;
}

/**
 * What to show to whoever named no command: all of them, or those of a group.
 * @throws CommandError for one that there is not
 */
export function helpAbout([first, second]: string[]): string {
  const isFlag = (word: string | undefined) => word === undefined || word.startsWith('-');
  const ofGroup = Object.keys(COMMANDS).filter((name) => name.startsWith(`${first} `));
  if (!isFlag(first) && ofGroup.length === 0)
    throw new CommandError(`${first}: no such command; sysmanage --help names them`);
  if (!isFlag(second)) throw new CommandError(`${first} ${second}: no such command; there are ${ofGroup.join(', ')}`);
  const shown = Object.entries(COMMANDS).filter(([name]) => ofGroup.length === 0 || ofGroup.includes(name));
  return [
    'Usage: sysmanage COMMAND [FLAGS]',
    '',
    'Run it as npx sysmanage in the folder of SysManage, and as node FOLDER/build/server/sysmanage.js from elsewhere.',
    '',
    'Commands',
    ...inColumns(shown.map(([name, { operands, summary }]) => [[name, operands].filter(Boolean).join(' '), summary])),
    '',
    'Each takes --config FILE, --json and --help, which says more.',
    '',
    'Exit codes',
    ...inColumns(Object.entries(EXIT_CODES)),
  ].join('\n');
}
