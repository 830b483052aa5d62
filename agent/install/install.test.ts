import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseArguments } from '../process/arguments';
import { EXIT } from '../process/exit-codes';
import { startAgentProcess } from '../process/testing-process';
import { RECIPES, type ServiceManager } from './recipes';

const started = {
  node: '/usr/bin/node',
  program: '/usr/lib/sysmanage-agent/sysmanage-agent.cjs',
  stateDir: '/etc/sysmanage-agent',
};
const unitFile = join(import.meta.dirname, '../../deploy/systemd/sysmanage-agent.service');
const managers = Object.keys(RECIPES) as ServiceManager[];

const print = async (...args: string[]) => {
  const { code, stdout, stderr } = await startAgentProcess(['install', ...args]).ended;
  expect(code, stderr).toBe(0);
  return stdout;
};

test('the unit of the Debian package is the one that the agent writes', () => {
  expect(readFileSync(unitFile, 'utf8')).toBe(RECIPES.systemd.text(started));
});

test('systemd is told that a service manager starts it, and not to start it again for what a person must mend', () => {
  const unit = RECIPES.systemd.text(started);
  const [, ...args] = /^ExecStart=\S+ (.+)$/m.exec(unit)![1]!.split(' ');
  expect(parseArguments(args)).toMatchObject({ service: true, stateDir: '/etc/sysmanage-agent' });
  // A disk that is full may have room again.
  const passing: number[] = [EXIT.OK, EXIT.SOFTWARE, EXIT.ALREADY_RUNNING, EXIT.STATE];
  const prevented = /^RestartPreventExitStatus=(.+)$/m.exec(unit)![1]!.split(' ').map(Number);
  expect(prevented).toEqual(Object.values(EXIT).filter((code) => !passing.includes(code)));
});

test.each(managers)(
  '%s is shown what it would get, whatever this machine has, and nothing is done',
  async (manager) => {
    const said = await print(
      '--for',
      manager,
      '--print',
      '--state-dir',
      '/a folder/with $(touch x) "&<'.replace(' "', '"'),
    );
    expect(said).toContain(`# ${RECIPES[manager].path} (`);
    for (const command of RECIPES[manager].commands) expect(said).toContain(`# ${command.join(' ')}`);
    expect(said).toContain('--service');
  },
);

test.each(['launchd', 'windows'] as const)(
  'what %s has already is ended before another is installed in its place',
  async (manager) => {
    const lines = (await print('--for', manager, '--print')).split('\n');
    const placeOf = (command: string[]) => lines.findIndex((line) => line.endsWith(command.join(' ')));
    const { ending, commands } = RECIPES[manager];
    const places = [...ending, ...commands].map(placeOf);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  },
);

test.each(['freebsd', 'openbsd'] as const)('what %s gets is a script that a shell can read', (manager) => {
  const folder = mkdtempSync(join(tmpdir(), 'sysmanage-recipe-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'script');
  writeFileSync(file, RECIPES[manager].text({ ...started, stateDir: '/a folder' }));
  expect(spawnSync('sh', ['-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

test('FreeBSD’s daemon is given each argument whole', () => {
  const text = RECIPES.freebsd.text({ ...started, stateDir: "/a folder/it's" });
  const args = /^command_args="(.+)"$/m.exec(text)![1]!;
  const said = spawnSync('sh', ['-c', `pidfile=p; eval printf "'%s\\n'" "${args}"`], { encoding: 'utf8' }).stdout;
  expect(said.split('\n').slice(-3)).toEqual(['--state-dir', "/a folder/it's", '']);
});

test('what launchd and WinSW get is XML in which a name cannot become a tag', () => {
  for (const manager of ['launchd', 'windows'] as const) {
    const text = RECIPES[manager].text({ ...started, stateDir: '/a/<b>&"c"' });
    expect(text).toContain('/a/&lt;b&gt;&amp;&quot;c&quot;<');
    const tags = [...text.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/gi)];
    const open: string[] = [];
    for (const [, isEnd, name = '', isBoth] of tags) {
      if (isEnd) expect(open.pop()).toBe(name);
      else if (!isBoth) open.push(name);
    }
    expect(open).toEqual([]);
  }
});

test('a service manager that is not here is refused, and so is one that there is not', async () => {
  const here = process.platform === 'freebsd' ? 'openbsd' : 'freebsd';
  expect(await startAgentProcess(['install', '--for', here]).ended).toMatchObject({ code: EXIT.USAGE });
  expect(await startAgentProcess(['install', '--for', 'cron']).ended).toMatchObject({
    code: EXIT.USAGE,
    stderr: expect.stringContaining('systemd, launchd, freebsd, openbsd, windows') as unknown,
  });
  expect(await print('--help')).toContain('Usage: sysmanage-agent install');
});
