import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lockDirectory } from '../../db/lock-directory';
import { loadAuthority } from '../certificates/authority/authority';
import { temporaryFolder } from '../certificates/testing';
import { listen } from '../http/listen';
import { examine } from '../doctor/testing';
import { runSysmanage } from './testing';

test('where there is nothing yet, nothing is wrong, and nothing is made', async () => {
  const folder = join(await temporaryFolder(), 'data');
  const { isWell, about } = await examine(folder);
  expect(isWell).toBe(true);
  for (const thing of ['configuration', 'files', 'ports', 'clock', 'certificates', 'database', 'disk'])
    expect(about(thing), thing).not.toEqual([]);
  await expect(mkdir(folder)).resolves.toBeUndefined(); // it is not there
});

test('each mistake in the configuration is one, with its mend', async () => {
  const { bad } = await examine(await temporaryFolder(), { SYSMANAGE_LOG_LEVEL: 'loud', SYSMANAGE_AIP_PORT: '1' });
  expect(bad.map(({ about }) => about)).toEqual(['configuration', 'configuration']);
});

test('keys that others can read are told, and how to mend it', async () => {
  const folder = await temporaryFolder();
  await loadAuthority(join(folder, 'certs'));
  await writeFile(join(folder, 'secret.key'), 'x'.repeat(40), { mode: 0o600 });
  expect((await examine(folder)).bad).toEqual([]);
  await chmod(join(folder, 'certs/ca.key'), 0o644);
  await chmod(join(folder, 'secret.key'), 0o640);
  expect((await examine(folder)).bad.map(({ mend }) => mend)).toEqual([
    `chmod 600 ${join(folder, 'secret.key')}`,
    `chmod 600 ${join(folder, 'certs/ca.key')}`,
  ]);
});

test('a port of another program is told, and one of the server that runs here is not', async () => {
  const folder = await temporaryFolder();
  const { port, close } = await listen(createServer(), { port: 0, host: '127.0.0.1' });
  onTestFinished(close);
  const taken = { SYSMANAGE_API_PORT: String(port) };
  expect((await examine(folder, taken)).bad).toEqual([
    expect.objectContaining({ about: 'ports', words: expect.stringContaining(`api_port ${port} is in use`) }),
  ]);
  await mkdir(join(folder, 'pglite'));
  onTestFinished(await lockDirectory(folder));
  const { bad, about } = await examine(folder, taken);
  expect(bad).toEqual([]);
  expect(about('database')[0]!.words).toContain('a running server’s');
});

test('a CA that is not whole, a CA of the future and a database that is not whole are told', async () => {
  const folder = await temporaryFolder();
  await loadAuthority(join(folder, 'certs'), { now: new Date(Date.now() + 30 * 86_400_000) });
  await mkdir(join(folder, 'pglite'));
  await writeFile(join(folder, 'pglite/base'), '');
  const { bad } = await examine(folder);
  expect(bad.map(({ about }) => about)).toEqual(['clock', 'database']);
  await writeFile(join(folder, 'certs/ca.crt'), 'cut');
  expect((await examine(folder)).about('certificates')[0]).toMatchObject({ state: 'bad' });
});

test.skipIf(process.getuid?.() !== 0)('whoever is not the server’s user is told so, and writes nothing', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'secret.key'), 'x'.repeat(40), { mode: 0o600 });
  await chown(join(folder, 'secret.key'), 12_345, 12_345);
  const { bad } = await examine(folder);
  expect(bad).toEqual([expect.objectContaining({ about: 'files', mend: expect.stringContaining('#12345') })]);
  expect(await runSysmanage('tokens list', { SYSMANAGE_DATA_DIR: folder })).toEqual({
    code: 77,
    output: expect.stringMatching(/^tokens list: .*12345.*\n$/),
  });
});
