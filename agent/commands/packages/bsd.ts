import { parseLines, updatable, type PackageManager, type Step } from './package-manager';

/** pkg(8): `-n` shows what would be done, and ends with 1 when that is something. */
const pkgAct = (command: string, isDry: boolean, ...args: readonly string[]): Step => ({
  file: 'pkg',
  args: [command, isDry ? '-n' : '-y', ...args],
  ...(isDry && { done: [0, 1] }),
});

export const pkg: PackageManager = {
  tools: ['pkg'],
  canDryRun: true,
  knowsSecurity: false,
  install: (packages, isDry) => [pkgAct('install', isDry, ...packages)],
  remove: (packages, isDry) => [pkgAct('delete', isDry, ...packages)],
  update: ({ packages, isDry }) => [pkgAct('upgrade', isDry, ...packages)],
  installed: {
    steps: [{ file: 'pkg', args: ['query', '%n\\t%v\\t%q'] }],
    parse: (stdout) =>
      parseLines(stdout, /^(\S+)\t(\S+)\t(\S+)$/, ([name, version, architecture]) => ({
        name: name!,
        version: version!,
        architecture: architecture!,
      })),
  },
  available: {
    steps: [
      { file: 'pkg', args: ['update', '-q'], mayFail: true },
      { file: 'pkg', args: ['version', '-vRl', '<'] },
    ],
    parse: (stdout) =>
      parseLines(stdout, /^(\S+)-([^-\s]+)\s+<\s+needs updating \(remote has ([^)\s]+)\)/, ([name, old, next]) =>
        updatable(name!, old!, next!),
      ),
  },
};

const addAct = (file: string, isDry: boolean, ...args: readonly string[]): Step => ({
  file,
  // `-I`: asks nothing.
  args: ['-I', ...(isDry ? ['-n'] : []), ...args],
});

/** OpenBSD. A name and its version are one word, with flavours behind it. What can be updated it says only by doing. */
export const pkgAdd: PackageManager = {
  tools: ['pkg_add', 'pkg_delete', 'pkg_info'],
  canDryRun: true,
  knowsSecurity: false,
  install: (packages, isDry) => [addAct('pkg_add', isDry, ...packages)],
  remove: (packages, isDry) => [addAct('pkg_delete', isDry, ...packages)],
  update: ({ packages, isDry }) => [addAct('pkg_add', isDry, '-u', ...packages)],
  installed: {
    steps: [{ file: 'pkg_info', args: ['-q', '-a'] }],
    parse: (stdout) =>
      parseLines(stdout, /^(\S+?)-(\d\S*)$/, ([name, version]) => ({
        name: name!,
        version: version!,
        architecture: null,
      })),
  },
  available: null,
};
