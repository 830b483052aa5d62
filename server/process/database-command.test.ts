import { expect, test } from 'vitest';
import { openDatabase } from '../../db/open-database';
import { temporaryFolder } from '../certificates/testing';
import { runSysmanage } from './testing-command';

test(
  'migrates, is kept out while another has the database open, and tells its history',
  { timeout: 120_000 },
  async () => {
    const directory = await temporaryFolder();
    const run = (...args: string[]) => runSysmanage('db', { SYSMANAGE_DATA_DIR: directory }, ...args);

    expect((await run('migrate')).output).toContain('applied  0000_first_light');
    const database = await openDatabase({ directory });
    expect(await run('history')).toEqual({
      code: 69,
      output: expect.stringMatching(/^db: The embedded database in .* is in use by process \d+: .*\n$/),
    });
    await database.close();
    expect((await run('history')).output).not.toContain('missing');
    expect((await run('rollback', '99')).output).toContain('took back 0000_first_light');
  },
);

test.each([['rollback', 'all'], ['rollback', '0'], ['status'], [], ['migrate', '--cofnig', 'x']])(
  'a wrong call, %s %s, is one line',
  async (...args) => {
    expect(await runSysmanage('db', {}, ...args.filter(Boolean))).toEqual({
      code: 64,
      output: expect.stringMatching(/^db: [^\n]*\n$/),
    });
  },
);

test('a command that there is not is named, and those that there are are listed', async () => {
  expect(await runSysmanage('audti verify', {})).toEqual({
    code: 64,
    output: expect.stringMatching(/^sysmanage: audti: [^\n]*\n$/),
  });
  expect(await runSysmanage('--help', {})).toEqual({
    code: 0,
    output: expect.stringMatching(/serve.*audit verify.*admin link.*db migrate/s),
  });
});
