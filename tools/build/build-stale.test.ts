import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('whoever has built keeps no process of a builder', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sysmanage-stale-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of ['tools', 'words']) await cp(join(root, name), join(folder, name), { recursive: true });
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json'])
    await cp(join(root, name), join(folder, name));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'agent'));
  await writeFile(join(folder, 'agent/main.ts'), 'console.log("built");');
  // A finished process has no children, and no handles that keep them.
  const look = `
    const { buildStale } = await import('./tools/build/build-stale.mjs');
    await buildStale('agent');
    const children = process._getActiveHandles().filter((handle) => handle.constructor.name === 'ChildProcess');
    console.log("children", children.length);
    await import('./build/agent/sysmanage-agent.cjs');`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', look], { cwd: folder });
  expect((await run()).stdout).toMatch(/^Building agent… [\d.]+ s\nchildren 0\nbuilt\n$/);
  expect((await run()).stdout).toBe('children 0\nbuilt\n');
});
