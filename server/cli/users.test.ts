import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockDirectory } from '../../db/lock-directory';
import { temporaryFolder } from '../certificates/testing';
import { runSysmanage } from './testing';

const run = (environment: Record<string, string>, ...args: string[]) =>
  runSysmanage('users link', environment, ...args);

test('while a server has the embedded database open, it says so and who', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'secret.key'), 'a secret that somebody made', { mode: 0o600 });
  onTestFinished(await lockDirectory(folder));
  const { code, output } = await run({ SYSMANAGE_DATA_DIR: folder }, 'admin@example.com');
  expect(code).toBe(69);
  expect(output).toMatch(new RegExp(`^users link: .*${process.pid}.*\n$`));
});

test('a wrong call is one line', async () => {
  for (const args of [[], ['a@example.com', 'b@example.com'], ['--mail', 'a@example.com']]) {
    expect(await run({}, ...args)).toEqual({ code: 64, output: expect.stringMatching(/^users link: [^\n]*\n$/) });
  }
});

test('where there is no database yet, it says so in a line and nothing else', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'secret.key'), 'a secret that somebody made', { mode: 0o600 });
  expect(await run({ SYSMANAGE_DATA_DIR: folder }, 'admin@example.com')).toEqual({
    code: 64,
    output: expect.stringMatching(/^users link: [^\n]*\n$/),
  });
});
