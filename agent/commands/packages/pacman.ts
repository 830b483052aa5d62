import { parseLines, updatable, type PackageManager, type Step } from './package-manager';

const act = (operation: string, isDry: boolean, ...args: readonly string[]): Step => ({
  file: 'pacman',
  args: [operation, ...(isDry ? ['--print'] : ['--noconfirm', '--noprogressbar']), ...args],
  environment: { LC_ALL: 'C.UTF-8' },
});

/** Arch. Lists are renewed with an update of all alone: with one of a few, the others would not fit to them. */
export const pacman: PackageManager = {
  tools: ['pacman'],
  canDryRun: true,
  knowsSecurity: false,
  install: (packages, isDry) => [act('-S', isDry, '--needed', '--', ...packages)],
  remove: (packages, isDry) => [act('-R', isDry, '--', ...packages)],
  update: ({ packages, isDry }) => [
    packages.length > 0 ? act('-S', isDry, '--needed', '--', ...packages) : act(isDry ? '-Su' : '-Syu', isDry),
  ],
  installed: {
    steps: [{ file: 'pacman', args: ['-Q'] }],
    parse: (stdout) =>
      parseLines(stdout, /^(\S+) (\S+)$/, ([name, version]) => ({
        name: name!,
        version: version!,
        architecture: null,
      })),
  },
  available: {
    // It ends with 1 when there are none.
    steps: [{ file: 'pacman', args: ['-Qu'], done: [0, 1] }],
    parse: (stdout) =>
      parseLines(stdout, /^(\S+) (\S+) -> (\S+)/, ([name, old, next]) => updatable(name!, old!, next!)),
  },
};
