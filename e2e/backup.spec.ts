import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from './fixtures';
import { startServer } from './start-server';

test.use({ embedded: true });

const SYSMANAGE = join(dirname(import.meta.dirname), 'build/server/sysmanage.js');

/** `sysmanage …` on the data in a folder: its answer. */
async function sysmanage(dataDir: string, ...args: string[]): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, [SYSMANAGE, ...args, '--json'], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', SYSMANAGE_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(code, `${args.join(' ')}: ${output}${complaint}`).toBe(0);
  return JSON.parse(output) as Record<string, unknown>;
}

/** All that lies in a folder, by name. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return Object.fromEntries(
    await Promise.all(
      files.map(async ({ name, parentPath }) => [name, await readFile(join(parentPath, name), 'utf8')]),
    ),
  ) as Record<string, string>;
}

test('a machine is lost, and another that has its backup finds its agents untouched', async ({
  server,
  dataDir,
  admin: _,
  page,
  startAgent,
}, testInfo) => {
  test.setTimeout(180_000);
  const agent = await startAgent();
  await page.goto('/hosts');
  const row = page.getByRole('row').filter({ hasText: 'Pending' });
  await row.getByRole('button', { name: /^Approve/ }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Up' })).toBeVisible();
  await page.goto('about:blank');
  const keys = async () =>
    Object.entries(await contentOf(agent.stateDir)).filter(([name]) => /\.(key|crt)$/.test(name));
  const held = await keys();
  expect(held.length).toBeGreaterThan(1);

  const [file, passphrase] = ['lost.backup', 'passphrase'].map((name) => testInfo.outputPath(name)) as [string, string];
  await writeFile(passphrase, 'a passphrase of some length\n', { mode: 0o600 });
  const flags = ['--passphrase-file', passphrase];
  await sysmanage(dataDir, 'backup', file, ...flags); // while the server runs
  expect(await server.stop()).toBe(0);
  const before = await sysmanage(dataDir, 'audit', 'verify');
  await rm(dataDir, { recursive: true });

  expect(await sysmanage(dataDir, 'restore', file, ...flags)).toMatchObject({ tables: { host: 1, certificate: 1 } });
  const after = await sysmanage(dataDir, 'audit', 'verify');
  expect(after).toMatchObject({ isWhole: true });
  const records = ({ verified, waiting }: Record<string, unknown>) => Number(verified) + Number(waiting);
  expect(records(after)).toBe(records(before));
  expect(records(after)).toBeGreaterThan(1);

  const again = await startServer({ dataDir, env: { SYSMANAGE_API_PORT: new URL(server.agentsUrl).port } });
  try {
    const figures = async () => (await fetch(`${again.url}/metrics`)).text();
    await expect.poll(figures, { timeout: 60_000 }).toMatch(/^sysmanage_agents_connected 1$/m);
    expect(await figures()).toMatch(/^sysmanage_hosts\{state="up"\} 1$/m);
    expect(await keys()).toEqual(held);
  } finally {
    expect(await again.stop(), again.output()).toBe(0);
  }
});
