#!/usr/bin/env node
import { CommandError, runCommand } from './process/command';

const HELP = `Usage: node build/server/sysmanage.js COMMAND
  serve                        the server; --help names its flags
  audit verify                 walks the audit log and names the first record that was changed
  admin link EMAIL             a one-time link for an administrator who has forgotten the password
  db migrate|rollback|history  the steps of the database's schema
Each command says more with --help.`;

/** What each command runs with the arguments that follow its name; it resolves with an exit code of sysexits.h. */
type Command = (args: string[]) => Promise<number>;

/** Loaded when they are called: the server's code takes time and memory that the others need not spend. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  serve: async () => (await import('./main')).serve,
  'audit verify': async () => (await import('./audit/verify')).verifyCommand,
  'admin link': async () => (await import('./users/admin-link')).adminLinkCommand,
  db: async () => (await import('./process/database-command')).databaseCommand,
};

const given = process.argv.slice(2);
const name = [given.slice(0, 1), given.slice(0, 2)].map((words) => words.join(' ')).find((words) => words in COMMANDS);

await runCommand(name ?? 'sysmanage', async () => {
  if (name) return (await COMMANDS[name]!())(given.slice(name.split(' ').length));
  if (given[0] !== undefined && given[0] !== '--help')
    throw new CommandError(`${given[0]}: no such command; --help names them`);
  console.log(HELP);
  return given.length > 0 ? 0 : 64; // EX_USAGE of sysexits.h
});
