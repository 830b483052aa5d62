import { parseLines, updatable, type PackageManager, type Step } from './package-manager';

const act = (command: string, isDry: boolean, ...args: readonly string[]): Step => ({
  file: 'apk',
  args: ['--no-progress', command, ...(isDry ? ['--simulate'] : []), ...args],
});

/** Alpine. A name and its version are one word: the version begins at the last dash but one. */
export const apk: PackageManager = {
  tools: ['apk'],
  canDryRun: true,
  knowsSecurity: false,
  install: (packages, isDry) => [act('add', isDry, ...(isDry ? [] : ['--update-cache']), ...packages)],
  remove: (packages, isDry) => [act('del', isDry, ...packages)],
  update: ({ packages, isDry }) => [
    packages.length > 0
      ? act('add', isDry, '--upgrade', ...packages)
      : act('upgrade', isDry, ...(isDry ? [] : ['--update-cache'])),
  ],
  installed: {
    steps: [act('list', false, '--installed')],
    parse: (stdout) =>
      parseLines(stdout, /^(\S+)-(\d[^-\s]*-r\d+) (\S+) \{/, ([name, version, architecture]) => ({
        name: name!,
        version: version!,
        architecture: architecture!,
      })),
  },
  available: {
    steps: [{ ...act('update', false), mayFail: true }, act('list', false, '--upgradable')],
    parse: (stdout) =>
      parseLines(stdout, /^(\S+)-(\d[^-\s]*-r\d+) .*\[upgradable from: \S+-(\d[^-\s]*-r\d+)\]$/, ([name, next, old]) =>
        updatable(name!, old!, next!),
      ),
  },
};
