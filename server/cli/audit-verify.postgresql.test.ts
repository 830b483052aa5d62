import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { testServices } from '../testing';
import { recordAudit } from '../audit/record-audit';
import { runSysmanage } from './testing';

/** Each run is a process that loads the server's code. */
const PATIENCE = { timeout: 120_000 };

const secret = 'a secret that nobody else has, of some length';

/** A log of three records, and the command on it, with a file of checkpoints. */
async function startLog() {
  const services = await testServices({ SYSMANAGE_SECRET_KEY: secret });
  for (let n = 0; n < 3; n++) await recordAudit(services.db, services, { action: 'test.act' });
  await services.audit.seal();
  const path = join(services.config.data_dir, 'checkpoints');
  const environment = {
    SYSMANAGE_DATA_DIR: services.config.data_dir,
    SYSMANAGE_SECRET_KEY: secret,
    DATABASE_URL: services.url!,
  };
  return { services, path, run: () => runSysmanage('audit verify', environment, '--checkpoint', path) };
}

test('the command names the broken record, and adds a checkpoint only to a whole log', PATIENCE, async () => {
  const { services, path, run } = await startLog();
  const whole = 'The audit log is whole: 3 records.\nCheckpoints it was compared with:';
  expect(await run()).toEqual({ code: 0, output: `${whole} none: a new file was begun.\n` });
  expect(await run()).toEqual({ code: 0, output: `${whole} 1.\n` });
  await rename(path, `${path}.away`);
  expect(await run(), 'the file is gone').toEqual({ code: 0, output: `${whole} none: a new file was begun.\n` });
  const checkpoints = await readFile(path, 'utf8');
  expect(JSON.parse(checkpoints)).toMatchObject({ sequence: 3, authority: services.authority.pin });

  await services.db.execute(sql`alter table audit_record disable trigger all`);
  expect(await run(), 'whole, but open').toEqual({
    code: 1,
    output: expect.stringContaining('The guard audit_record_append_only is missing'),
  });
  await services.db.execute(sql`delete from audit_record where sequence = 3`);
  expect(await run()).toEqual({ code: 1, output: expect.stringContaining('Record 3 is missing.') });
  expect(await readFile(path, 'utf8')).toBe(checkpoints);
});

test('a log that is gone altogether is missed by the checkpoint', PATIENCE, async () => {
  const { services, run } = await startLog();
  expect(await run()).toMatchObject({ code: 0 });
  await services.audit.stop();
  await services.db.execute(sql`drop table audit_record, audit_pending`);
  expect(await run()).toEqual({ code: 1, output: expect.stringContaining('Record 1 is missing.') });
});
