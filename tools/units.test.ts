import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const folder = join(dirname(import.meta.dirname), 'deploy/systemd');

/** Of ten, by `systemd-analyze security`: what docs/operations.md says of version 252, rounded up for others. */
const MOST_EXPOSED: Record<string, number> = { 'sysmanage.service': 2, 'sysmanage-agent.service': 3.5 };

const systemd = (() => {
  try {
    return execFileSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
  } catch {
    return ''; // not a system of that kind
  }
})();
const hasSystemd = systemd.startsWith('systemd');
/** Each version judges by rules of its own. */
const isDocumented = systemd.startsWith('systemd 252 ');

test('each unit has a bound', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(MOST_EXPOSED).sort());
});

test.skipIf(!hasSystemd).each(Object.entries(MOST_EXPOSED))('%s keeps nearly everything out', (name, most) => {
  const level = exposureOf(join(folder, name));
  expect(level).toBeGreaterThan(0);
  expect(level).toBeLessThanOrEqual(most);
});

test.skipIf(!isDocumented)('the figures in the document are those of the units', () => {
  const text = readFileSync(join(dirname(folder), '../docs/operations.md'), 'utf8');
  const [, server, agent] = /gives\s+the\s+server\s+([\d.]+)\s+and\s+the\s+agent\s+([\d.]+)\s+of\s+ten/.exec(text)!;
  expect([exposureOf(join(folder, 'sysmanage.service')), exposureOf(join(folder, 'sysmanage-agent.service'))]).toEqual([
    Number(server),
    Number(agent),
  ]);
});

function exposureOf(unit: string): number {
  const said = execFileSync('systemd-analyze', ['security', '--offline=yes', '--no-pager', unit], { encoding: 'utf8' });
  return Number(/exposure level for \S+: ([\d.]+)/.exec(said)?.[1]);
}

test.skipIf(!hasSystemd)('what lets commands change a machine takes back all that keeps the agent from it', () => {
  const made = mkdtempSync(join(tmpdir(), 'units-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  const unit = join(made, 'sysmanage-agent.service');
  copyFileSync(join(folder, 'sysmanage-agent.service'), unit);
  mkdirSync(`${unit}.d`);
  copyFileSync(join(folder, '../agent-commands.conf'), join(`${unit}.d`, 'commands.conf'));
  expect(exposureOf(unit)).toBeGreaterThan(9);
});
