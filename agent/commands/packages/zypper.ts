import { installedByRpm } from './dnf';
import { parseLines, updatable, type PackageManager, type Step } from './package-manager';

const environment = { LC_ALL: 'C.UTF-8' };

/** zypper(8): a restart of the machine, or of zypper itself, is needed; it is done. */
const DONE = [0, 102, 103];

const act = (command: string, isDry: boolean, ...args: readonly string[]): Step => ({
  file: 'zypper',
  args: ['--non-interactive', command, ...(isDry ? ['--dry-run'] : []), ...args],
  environment,
  done: DONE,
});

/** SUSE. */
export const zypper: PackageManager = {
  tools: ['zypper', 'rpm'],
  canDryRun: true,
  // A patch is of several packages, and has no names of them.
  knowsSecurity: 'together',
  install: (packages, isDry) => [act('install', isDry, '--auto-agree-with-licenses', ...packages)],
  remove: (packages, isDry) => [act('remove', isDry, ...packages)],
  update: ({ packages, isSecurity, isDry }) => [
    isSecurity
      ? act('patch', isDry, '--auto-agree-with-licenses', '--category', 'security')
      : act('update', isDry, '--auto-agree-with-licenses', ...packages),
  ],
  installed: installedByRpm,
  available: {
    steps: [{ file: 'zypper', args: ['--non-interactive', '--quiet', 'list-updates'], environment }],
    // S | Repository | Name | Current Version | Available Version | Arch
    parse: (stdout) =>
      parseLines(
        stdout,
        /^\S*\s*\|[^|]*\|\s*(\S+)\s*\|\s*(\S*\d\S*)\s*\|\s*(\S*\d\S*)\s*\|\s*\S+\s*$/,
        ([name, old, next]) => updatable(name!, old!, next!),
      ),
  },
};
