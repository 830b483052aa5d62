import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../certificates/testing';
import { createLog } from '../log';
import { openLogFile } from './log-file';

test('a full file makes room, and no more than so many former ones are kept', async () => {
  const folder = join(await temporaryFolder(), 'log');
  const file = join(folder, 'server.log');
  const log = openLogFile({ file, max_mb: 1, keep: 2 });
  const half = (text: string) => `${text}${'.'.repeat(600_000)}\n`;
  for (const text of ['1', '2', '3', '4']) log.write(half(text));
  expect((await readdir(folder)).sort()).toEqual(['server.log', 'server.log.1', 'server.log.2']);
  const first = async (name: string) => (await readFile(join(folder, name), 'utf8'))[0];
  expect(await Promise.all(['server.log', 'server.log.1', 'server.log.2'].map(first))).toEqual(['4', '3', '2']);
  expect((await stat(file)).mode & 0o777).toBe(0o640);
});

test('what was in the file stays, and a file that was moved away is followed by a new one', async () => {
  const file = join(await temporaryFolder(), 'server.log');
  openLogFile({ file, max_mb: 1, keep: 2 }).write('before\n');
  const log = openLogFile({ file, max_mb: 1, keep: 2 });
  log.write('after\n');
  await rename(file, `${file}.moved`);
  log.reopen();
  log.write('anew\n');
  expect(await readFile(`${file}.moved`, 'utf8')).toBe('before\nafter\n');
  expect(await readFile(file, 'utf8')).toBe('anew\n');
});

test('its lines are redacted like those on standard output', async () => {
  const file = join(await temporaryFolder(), 'server.log');
  const log = createLog({ level: 'info', format: 'json' }, openLogFile({ file, max_mb: 1, keep: 0 }));
  log.info({ password: 'x', said: 'postgres://me:hunter2@db/x' }, 'told');
  log.debug('not told');
  log.level = 'debug';
  log.debug('told now');
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('postgres://me:[secret]@db/x');
});
