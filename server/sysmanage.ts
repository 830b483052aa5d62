#!/usr/bin/env node
import { runCommand } from './cli/command';
import { findCommand, helpAbout } from './cli/find-command';

/** EX_USAGE of sysexits.h. */
const EX_USAGE = 64;

const words = process.argv.slice(2);
const found = findCommand(words);

await runCommand(found?.entry.name ?? 'sysmanage', words.includes('--json'), async () => {
  if (found) return (await found.entry.load())(found.args, found.entry);
  console.log(helpAbout(words));
  return words.includes('--help') ? 0 : EX_USAGE;
});
