import type { Say } from '../../words/say';
import { words } from '../../words/words';
import { CommandError } from '../process/command-error';
import { type Entry, EXIT_CODES, inColumns } from './command';
import { COMMANDS } from './table';

/** The command that the first one or two words name, and what follows them; null when none of them do. */
export function findCommand(given: string[]): { entry: { name: string } & Entry; args: string[] } | null {
  for (const count of [2, 1]) {
    const name = given.slice(0, count).join(' ');
    if (given.length >= count && Object.hasOwn(COMMANDS, name))
      return { entry: { name, ...COMMANDS[name]! }, args: given.slice(count) };
  }
  return null;
}

/**
 * What to show to whoever named no command: all of them, or those of a group.
 * @throws CommandError for one that there is not
 */
export function helpAbout([first, second]: string[], say: Say): string {
  const isFlag = (word: string | undefined) => word === undefined || word.startsWith('-');
  const ofGroup = Object.keys(COMMANDS).filter((name) => name.startsWith(`${first} `));
  if (!isFlag(first) && ofGroup.length === 0)
    throw new CommandError(words('server.call.no_such_command', { name: first!, command: 'sysmanage --help' }));
  if (!isFlag(second)) {
    const name = `${first} ${second}`;
    throw new CommandError(words('server.call.no_such_in_group', { name, commands: ofGroup.join(', ') }));
  }
  const shown = Object.entries(COMMANDS).filter(([name]) => ofGroup.length === 0 || ofGroup.includes(name));
  return [
    say(words('server.help.usage', { call: 'sysmanage COMMAND [FLAGS]' })),
    '',
    say(words('server.help.how_to_run')),
    '',
    say(words('server.help.commands')),
    ...inColumns(
      shown.map(([name, { operands, summary }]) => [[name, operands].filter(Boolean).join(' '), say(summary)]),
    ),
    '',
    say(words('server.help.shared_flags')),
    '',
    say(words('server.help.exit_codes')),
    ...inColumns(Object.entries(EXIT_CODES).map(([code, meaning]) => [code, say(meaning)])),
  ].join('\n');
}
