import { z } from 'zod';
import { parseLines, updatable, type PackageManager, type Step } from './package-manager';

const act = (command: string, isDry: boolean, ...args: readonly string[]): Step => ({
  file: 'brew',
  args: [command, ...(isDry ? ['--dry-run'] : []), ...args],
  environment: { HOMEBREW_NO_ENV_HINTS: '1', HOMEBREW_NO_COLOR: '1', NONINTERACTIVE: '1' },
});

const outdated = z.object({
  formulae: z.array(
    z.object({ name: z.string(), installed_versions: z.array(z.string()), current_version: z.string() }),
  ),
});

export const homebrew: PackageManager = {
  tools: ['brew'],
  canDryRun: true,
  refusesRoot: true,
  knowsSecurity: false,
  install: (packages, isDry) => [act('install', isDry, ...packages)],
  // It has no dry run of its own: it says which others need it.
  remove: (packages, isDry) => [
    isDry ? act('uses', false, '--installed', ...packages) : act('uninstall', false, ...packages),
  ],
  update: ({ packages, isDry }) => [act('upgrade', isDry, ...packages)],
  installed: {
    steps: [act('list', false, '--versions')],
    parse: (stdout) =>
      parseLines(stdout, /^(\S+) (?:\S+ )*(\S+)$/, ([name, version]) => ({
        name: name!,
        version: version!,
        architecture: null,
      })),
  },
  available: {
    steps: [act('outdated', false, '--json=v2')],
    parse: (stdout) =>
      outdated
        .parse(JSON.parse(stdout))
        .formulae.map(({ name, installed_versions, current_version }) =>
          updatable(name, installed_versions.at(-1) ?? null, current_version),
        ),
  },
};
