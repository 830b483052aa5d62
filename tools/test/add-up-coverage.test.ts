import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { readProcesses } from './add-up-coverage.mjs';

test('what the pages’ code reached in a server is left out, and a process that was killed while it told is counted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sysmanage-coverage-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const url = pathToFileURL(join(process.cwd(), 'build/app/server/assets/server-build.js')).href;
  await writeFile(join(folder, 'told.json'), JSON.stringify({ result: [{ scriptId: '1', url, functions: [] }] }));
  await writeFile(join(folder, 'cut-off.json'), '{"result":[{');
  expect(await readProcesses(folder)).toEqual({ coverage: [], processes: 1, unreadable: 1 });
});

test('the program that starts the server says what its lines are made of', () => {
  expect(existsSync('build/server/sysmanage.js.map')).toBe(true);
});
