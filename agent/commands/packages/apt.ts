import type { AvailableUpdate } from '../command-kinds';
import { parseLines, type PackageManager, type Step } from './package-manager';

const environment = { DEBIAN_FRONTEND: 'noninteractive', APT_LISTCHANGES_FRONTEND: 'none', LC_ALL: 'C.UTF-8' };

/**
 * `Pattern-Only`: without it a name that is not found is taken for a regular expression, and `remove python3.` removes
 * half of the system. Files of configuration that a person changed stay. Another apt is waited for.
 */
const OPTIONS = [
  ...['-q', '-y', '-o', 'APT::Cmd::Pattern-Only=true', '-o', 'DPkg::Lock::Timeout=300'],
  ...['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'],
];

const get = (isDry: boolean, ...args: readonly string[]): Step => ({
  file: 'apt-get',
  args: [...OPTIONS, ...(isDry ? ['-s'] : []), ...args],
  environment,
});
const refresh: Step = { ...get(false, 'update'), mayFail: true };
const available = { steps: [refresh, get(true, 'dist-upgrade')], parse: parseSimulation };

/** Debian, Ubuntu and what is made of them. */
export const apt: PackageManager = {
  tools: ['apt-get', 'dpkg-query'],
  canDryRun: true,
  knowsSecurity: true,
  install: (packages, isDry) => [...(isDry ? [] : [refresh]), get(isDry, 'install', '--', ...packages)],
  remove: (packages, isDry) => [get(isDry, 'remove', '--', ...packages)],
  update: ({ packages, isDry }) => [
    ...(isDry ? [] : [refresh]),
    packages.length > 0 ? get(isDry, 'install', '--only-upgrade', '--', ...packages) : get(isDry, 'dist-upgrade'),
  ],
  installed: {
    steps: [
      {
        file: 'dpkg-query',
        args: ['-W', '-f', '${db:Status-Abbrev}\\t${Package}\\t${Version}\\t${Architecture}\\n'],
        environment,
      },
    ],
    parse: (stdout) =>
      parseLines(stdout, /^.i.?\t(\S+)\t(\S+)\t(\S+)$/, ([name, version, architecture]) => ({
        name: name!,
        version: version!,
        architecture: architecture!,
      })),
  },
  available,
};

/** `Inst name [old] (new Origin:release/suite, … [architecture])`, of apt-get(8) `-s`. */
function parseSimulation(stdout: string): AvailableUpdate[] {
  return parseLines(stdout, /^Inst (\S+) \[([^\]]+)\] \((\S+) (.*?) \[[^\]]*\]\)/, ([name, old, next, origins]) => ({
    name: name!,
    installedVersion: old!,
    availableVersion: next!,
    isSecurity: /-security\b/i.test(origins!),
  }));
}
