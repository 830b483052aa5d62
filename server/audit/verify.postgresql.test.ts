import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { testServices } from '../testing';
import { recordAudit } from './record-audit';
import { runVerify } from './testing';

test('the command names the broken record, and adds a checkpoint only to a whole log', async () => {
  const secret = 'a secret that nobody else has, of some length';
  const services = await testServices({ SYSMANAGE_SECRET_KEY: secret });
  for (let n = 0; n < 3; n++) await recordAudit(services.db, services, { action: 'test.act' });
  await services.audit.seal();
  const path = join(services.config.data_dir, 'checkpoints');
  const environment = { SYSMANAGE_DATA_DIR: services.config.data_dir, SYSMANAGE_SECRET_KEY: secret, DATABASE_URL: services.url! };
  const run = () => runVerify(environment, '--checkpoint', path);

  expect(await run()).toEqual({ code: 0, output: 'The audit log is whole: 3 records.\n' });
  const checkpoints = await readFile(path, 'utf8');
  expect(JSON.parse(checkpoints)).toMatchObject({ sequence: 3, authority: services.authority.pin });

  await services.db.execute(sql`alter table audit_record disable trigger all`);
  await services.db.execute(sql`delete from audit_record where sequence = 3`);
  expect(await run()).toEqual({ code: 1, output: expect.stringContaining('Record 3 is missing.') });
  expect(await readFile(path, 'utf8')).toBe(checkpoints);
});
