import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test as base } from '../fixtures';
import { administrator, ask, call } from '../people';
import { temporary } from '../shared-server';
import { startCommand, type Program } from '../start-process';

const root = join(import.meta.dirname, '../..');
const { PATH = '', HOME = '' } = process.env;

type Run = (line: string, folder: string, env?: Record<string, string>) => Pick<Program, 'printed' | 'stop'>;

/** Runs a line of a document in a shell, in a folder of the repository. All that it started ends with the test. */
const test = base.extend<{ run: Run }>({
  run: async ({}, use) => {
    const stops: (() => Promise<number | null>)[] = [];
    await use((line, folder, env = {}) => {
      const variables = Object.entries({ PATH, HOME, ...env }).map(([name, value]) => `${name}=${value}`);
      // npm and the shell hand no signal on, so it is for the whole group. NODE_ENV is not set, as with most people.
      const group = ['setsid', 'env', '-i', ...variables, 'sh', '-c', `cd '${join(root, folder)}' && ${line}`];
      const { pid, printed, stop: waitForEnd } = startCommand(line, group);
      const stop = () => {
        signalGroup(pid);
        return waitForEnd();
      };
      stops.push(stop);
      return { printed, stop };
    });
    for (const stop of stops) await stop();
  },
});

function signalGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGTERM');
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

test.skip(process.platform !== 'linux', 'the lines are for sh, and setsid is of Linux');

test.describe('of the README', () => {
  test.use({ shares: true });

  test('each line that starts an agent starts one', async ({ server, run }) => {
    const lines = readFileSync(join(root, 'README.md'), 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^(npm run agent|node sysmanage-agent|echo .* \| node sysmanage-agent)/.test(line));
    expect(lines).toHaveLength(3);
    const admin = await administrator(server);
    const { token } = await call<{ token: string }>(admin, server, 'enrolmentTokens.create', {
      ...{ name: 'README', expiresInHours: 1, maxUses: 1, tags: [], autoApprove: true, servers: [server.agentsUrl] },
    });
    for (const line of lines) {
      const stateDir = await temporary('agent');
      const command = line.replace('https://SERVER:6443', server.agentsUrl).replace('sysmanage_…', token);
      const agent = run(`${command} --state-dir '${stateDir}'`, line.startsWith('npm') ? '.' : 'build/agent');
      await agent.printed(/fingerprint words: ([a-z]+ ?){6}/);
      const known = () =>
        ask<{ hosts: { id: string }[] }>(admin, server, 'hosts.list', {
          state: line.startsWith('echo') ? 'up' : 'pending',
        }).then(({ hosts }) => hosts);
      await expect.poll(known, { timeout: 30_000, message: line }).toHaveLength(1);
      const [host] = await known();
      await agent.stop();
      // The next one is this machine again.
      await call(admin, server, 'hosts.delete', { hostId: host!.id });
      await rm(stateDir, { recursive: true });
    }
    await admin.dispose();
  });
});

for (const command of ['npm start -- --no-local-agent', 'npm run dev -- --no-local-agent'])
  test(`${command}`, async ({ dataDir, serverSettings, run, page, expectComplaint }) => {
    // The server ends before the page does, and Vite's part of that asks after it.
    expectComplaint(/WebSocket connection to 'ws:\/\/localhost:\d+\/' failed/);
    const server = run(command, '.', {
      ...{ SYSMANAGE_DATA_DIR: dataDir, SYSMANAGE_API_HOST: '127.0.0.1', SYSMANAGE_API_PORT: '0' },
      ...{ SYSMANAGE_FRONTEND_PORT: '0', ...serverSettings },
    });
    const [, url = ''] = await server.printed(/^SysManage is ready: (\S+) /m);
    await page.goto(`${url}/sign-in`);
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  });
