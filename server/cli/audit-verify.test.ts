import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockDirectory } from '../../db/lock-directory';
import { temporaryFolder } from '../certificates/testing';
import { runSysmanage } from './testing';

test('while a server has the embedded database open, it says so and who', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'secret.key'), 'a secret that somebody made', { mode: 0o600 });
  onTestFinished(await lockDirectory(folder));
  const { code, output } = await runSysmanage('audit verify', { SYSMANAGE_DATA_DIR: folder });
  expect(code).toBe(69);
  expect(output).toMatch(new RegExp(`^audit verify: .*${process.pid}.*\n$`));
});

test('where no server ever was, there is nothing to verify and nothing is made', async () => {
  const folder = await temporaryFolder();
  const { code, output } = await runSysmanage('audit verify', { SYSMANAGE_DATA_DIR: join(folder, 'none') });
  expect(code).toBe(64);
  expect(output).toContain('no server has kept anything there');
});

test('a wrong flag is one line', async () => {
  expect(await runSysmanage('audit verify', {}, '--checkpiont', 'x')).toEqual({
    code: 64,
    output: expect.stringMatching(/^audit verify: .*--checkpiont.*\n$/),
  });
});
