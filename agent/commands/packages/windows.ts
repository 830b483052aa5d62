import { parseLines, updatable, type PackageManager, type Step } from './package-manager';

const AGREE = ['--accept-source-agreements', '--disable-interactivity'];

/** Takes one package at a time. */
const wingetAct = (command: string, ...args: readonly string[]): Step => ({
  file: 'winget',
  args: [command, ...args, ...AGREE],
});
const QUIET = ['--silent', '--accept-package-agreements'];

export const winget: PackageManager = {
  tools: ['winget'],
  canDryRun: false,
  knowsSecurity: false,
  install: (packages) => packages.map((id) => wingetAct('install', '--exact', '--id', id, ...QUIET)),
  remove: (packages) => packages.map((id) => wingetAct('uninstall', '--exact', '--id', id, '--silent')),
  update: ({ packages }) =>
    packages.length > 0
      ? packages.map((id) => wingetAct('upgrade', '--exact', '--id', id, ...QUIET))
      : [wingetAct('upgrade', '--all', ...QUIET)],
  installed: {
    steps: [wingetAct('list')],
    parse: (stdout) =>
      parseTable(stdout).map(({ id, version }) => ({ name: id!, version: version!, architecture: null })),
  },
  available: {
    steps: [wingetAct('upgrade')],
    parse: (stdout) =>
      parseTable(stdout).flatMap(({ id, version, available }) =>
        available ? updatable(id!, version!, available) : [],
      ),
  },
};

/** A table whose columns are as wide as what is in them, under a heading and a line of dashes. English alone. */
function parseTable(stdout: string): Record<string, string>[] {
  // While it works it draws over its line: what counts is what stands there in the end.
  const lines = stdout.split(/\r?\n/).map((line) => line.slice(line.lastIndexOf('\r') + 1));
  const rule = lines.findIndex((line) => /^-{10,}\s*$/.test(line));
  if (rule < 1) return [];
  const heading = lines[rule - 1]!;
  const columns = [...heading.matchAll(/\S+/g)].map(({ 0: name, index }) => ({ name: name.toLowerCase(), index }));
  return lines.slice(rule + 1).flatMap((line) => {
    const cells = columns.map(({ name, index }, nth) => [name, line.slice(index, columns[nth + 1]?.index).trim()]);
    const row = Object.fromEntries(cells) as Record<string, string>;
    // Under the table there are sentences.
    return row['id'] && row['version'] && !/\s/.test(row['id']) ? [row] : [];
  });
}

/** 1641 and 3010 of Windows Installer: done, and the machine is to be restarted. */
const DONE = [0, 1641, 3010];

const chocoAct = (command: string, isDry: boolean, ...args: readonly string[]): Step => ({
  file: 'choco',
  args: [command, ...args, ...(isDry ? ['--noop'] : []), '--yes', '--no-progress', '--no-color'],
  done: DONE,
});

export const chocolatey: PackageManager = {
  tools: ['choco'],
  canDryRun: true,
  knowsSecurity: false,
  install: (packages, isDry) => [chocoAct('install', isDry, ...packages)],
  remove: (packages, isDry) => [chocoAct('uninstall', isDry, ...packages)],
  update: ({ packages, isDry }) => [chocoAct('upgrade', isDry, ...(packages.length > 0 ? packages : ['all']))],
  installed: {
    steps: [{ file: 'choco', args: ['list', '--limit-output'] }],
    parse: (stdout) =>
      parseLines(stdout, /^([^|\s]+)\|([^|\s]+)$/, ([name, version]) => ({
        name: name!,
        version: version!,
        architecture: null,
      })),
  },
  available: {
    // With features on, it ends with 2 when there are some.
    steps: [{ file: 'choco', args: ['outdated', '--limit-output'], done: [0, 2] }],
    parse: (stdout) =>
      parseLines(stdout, /^([^|\s]+)\|([^|\s]+)\|([^|\s]+)\|/, ([name, old, next]) => updatable(name!, old!, next!)),
  },
};
