import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(dirname(import.meta.dirname), 'deploy/systemd');

/** Of ten, by `systemd-analyze security`: what docs/operations.md says, rounded up for the systems of others. */
const MOST_EXPOSED: Record<string, number> = { 'sysmanage.service': 2, 'sysmanage-agent.service': 3.5 };

const hasSystemd = (() => {
  try {
    return execFileSync('systemd-analyze', ['--version'], { encoding: 'utf8' }).startsWith('systemd');
  } catch {
    return false; // not a system of that kind
  }
})();

test('each unit has a bound', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(MOST_EXPOSED).sort());
});

test.skipIf(!hasSystemd).each(Object.entries(MOST_EXPOSED))('%s keeps nearly everything out', (name, most) => {
  const args = ['security', '--offline=yes', '--no-pager', join(folder, name)];
  const said = execFileSync('systemd-analyze', args, { encoding: 'utf8' });
  const [, level] = /exposure level for \S+: ([\d.]+)/.exec(said) ?? [];
  expect(Number(level)).toBeGreaterThan(0);
  expect(Number(level)).toBeLessThanOrEqual(most);
});
