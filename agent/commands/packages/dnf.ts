import { parseLines, updatable, type PackageManager, type Step } from './package-manager';

/** `check-update` ends with 100 when there are updates. */
const SOME = 100;

export const installedByRpm: PackageManager['installed'] = {
  steps: [{ file: 'rpm', args: ['-qa', '--qf', '%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\n'] }],
  parse: (stdout) =>
    parseLines(stdout, /^(\S+)\t(\S+)\t(\S+)$/, ([name, version, architecture]) => ({
      name: name!,
      version: version!,
      // Keys are packages without one.
      architecture: architecture === '(none)' ? null : architecture!,
    })),
};

/** Fedora, RHEL and what is made of them; older ones have yum, which is told the same. */
const manager = (tool: 'dnf' | 'yum'): PackageManager => {
  const environment = { LC_ALL: 'C.UTF-8' };
  const act = (isDry: boolean, ...args: readonly string[]): Step => ({
    file: tool,
    // `--assumeno` resolves, shows, and ends with 1 because it was told no.
    args: [isDry ? '--assumeno' : '-y', ...args],
    environment,
    ...(isDry && { done: [0, 1] }),
  });
  return {
    tools: [tool, 'rpm'],
    canDryRun: true,
    knowsSecurity: true,
    install: (packages, isDry) => [act(isDry, 'install', ...packages)],
    remove: (packages, isDry) => [act(isDry, 'remove', ...packages)],
    update: ({ packages, isSecurity, isDry }) => [
      act(isDry, tool === 'dnf' ? 'upgrade' : 'update', ...(isSecurity ? ['--security'] : []), ...packages),
    ],
    installed: installedByRpm,
    available: {
      steps: [{ file: tool, args: ['-q', 'check-update'], environment, done: [0, SOME] }],
      parse: (stdout) =>
        parseLines(
          // What follows are packages that others make obsolete.
          stdout.split(/^Obsoleting packages/im)[0]!,
          /^(\S+)\.[^.\s]+\s+(\S*\d\S*)\s+\S+\s*$/,
          ([name, version]) => updatable(name!, null, version!),
        ),
    },
  };
};

export const dnf = manager('dnf');
export const yum = manager('yum');
