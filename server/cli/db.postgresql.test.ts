import { sql } from 'drizzle-orm';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../db/testing';
import { temporaryFolder } from '../certificates/testing';
import { runSysmanage } from './testing';

/** `sysmanage db …` on a migrated database of the test's own. */
async function prepare() {
  const { db, url, close } = await testDatabase();
  onTestFinished(close);
  const environment = { SYSMANAGE_DATA_DIR: await temporaryFolder(), DATABASE_URL: url! };
  return { db, run: (command: string, ...args: string[]) => runSysmanage(`db ${command}`, environment, ...args) };
}

test(
  'all that came after a migration is taken back, and status says where that leaves it',
  { timeout: 60_000 },
  async () => {
    const { run } = await prepare();
    expect(await run('status')).toEqual({ code: 0, output: expect.stringContaining('is at the last migration') });
    expect(await run('rollback', '--to', '0001')).toEqual({
      code: 0,
      output: expect.stringMatching(/took back 0003_clones\ntook back 0002_certificates_held\n$/),
    });
    const { code, output } = await run('status', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(output)).toMatchObject({ state: 'behind', at: '0001_revocation_list' });
    expect(await run('rollback', '--to', '0002')).toMatchObject({ code: 64 });
    expect(await run('rollback', '--to', 'nowhere')).toMatchObject({ code: 64 });
    const migrated = await run('migrate', '--json');
    const { applied } = JSON.parse(migrated.output) as { applied: string[] };
    expect(applied.slice(0, 2)).toEqual(['0002_certificates_held', '0003_clones']);
    expect(await run('migrate')).toEqual({ code: 0, output: expect.stringMatching(/^nothing was missing\n/) });
  },
);

test(
  'a database of a newer program is told from one that is behind, and nothing is done to it',
  { timeout: 60_000 },
  async () => {
    const { db, run } = await prepare();
    await db.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('-', 4070908800000)`);
    expect(JSON.parse((await run('status', '--json')).output)).toMatchObject({ state: 'newer', missing: [] });
    expect((await run('history')).output).toContain('newer    written 2099-01-01');
    for (const command of ['migrate', 'rollback'])
      expect(await run(command)).toEqual({
        code: 69,
        output: expect.stringMatching(new RegExp(`^db ${command}: .*newer SysManage.*rollback --to \\d{4}_\\w+\n$`)),
      });
  },
);
