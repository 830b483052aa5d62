import { expect, test } from 'vitest';
import { openDatabase } from '../../db/open-database';
import { temporaryFolder } from '../certificates/testing';
import { runSysmanage } from './testing';

test(
  'migrates, is kept out while another has the database open, and tells its history',
  { timeout: 120_000 },
  async () => {
    const directory = await temporaryFolder();
    const run = (...args: string[]) => runSysmanage('db', { SYSMANAGE_DATA_DIR: directory }, ...args);

    expect((await run('migrate')).output).toContain('applied 0000_first_light');
    const database = await openDatabase({ directory });
    expect(await run('history')).toEqual({
      code: 69,
      output: expect.stringMatching(/^db history: The embedded database in .* is in use by process \d+: .*\n$/),
    });
    expect(JSON.parse((await run('rollback', '--json')).output)).toEqual({
      command: 'db rollback',
      errors: [expect.stringContaining('is in use by process')],
      exitCode: 69,
    });
    await database.close();
    expect((await run('history')).output).not.toContain('missing');
    expect((await run('rollback', '99')).output).toContain('took back 0000_first_light');
  },
);

test.each([
  ['rollback', 'all'],
  ['rollback', '0'],
  ['rollback', '1', '--to', '0003'],
  ['migrate', '--cofnig', 'x'],
])('a wrong call, %s %s, is one line', async (...args) => {
  expect(await runSysmanage('db', {}, ...args)).toEqual({
    code: 64,
    output: expect.stringMatching(/^db \w+: [^\n]*\n$/),
  });
});
