#!/usr/bin/env node
import { sayIn } from '../words/say';
import { runCommand } from './cli/command';
import { findCommand, helpAbout } from './cli/find-command';
import { languagesOfTerminal } from './config';

/** EX_USAGE of sysexits.h. */
const EX_USAGE = 64;
/** What Node answers where a promise is waited for that nothing can end any more. */
const UNFINISHED = 13;

const given = process.argv.slice(2);
const found = findCommand(given);
const say = sayIn(languagesOfTerminal());

// Until the command says how it ended.
process.exitCode = UNFINISHED;
void runCommand(found?.entry.name ?? 'sysmanage', { isJson: given.includes('--json'), say }, async () => {
  if (found) return (await found.entry.load())(found.args, found.entry, say);
  console.log(helpAbout(given, say));
  return given.includes('--help') ? 0 : EX_USAGE;
});
