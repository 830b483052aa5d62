import { execFile } from 'node:child_process';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { auditRecords } from '../../db/schema';
import { projectRoot } from '../project';
import { testServices } from '../testing';
import { verifyChain } from './verify-chain';

const COUNT = 150;

test('several processes at once, one of which dies: one chain, without a fork, a gap or a lost record', async () => {
  const secret = 'a secret that several processes share';
  const services = await testServices({ SYSMANAGE_SECRET_KEY: secret });
  const append = (name: string, ...end: string[]) =>
    new Promise<string>((resolve) => {
      const args = ['--import', 'tsx', 'server/audit/testing-appender.ts', services.url!, secret, name, String(COUNT), ...end];
      execFile(process.execPath, args, { cwd: projectRoot, env: { NODE_ENV: 'test' } }, (error, stdout, stderr) => resolve(`${error?.signal ?? error?.code ?? 0} ${stdout}${stderr}`.trim()));
    });
  expect(await Promise.all([append('a'), append('b'), append('c', 'crash')])).toEqual(['0', '0', 'SIGKILL']);
  // What the dead one left, this process takes.
  await services.audit.seal();

  expect(await verifyChain(services.db, services.audit.seals)).toMatchObject({ fault: null, verified: 3 * COUNT, waiting: 0 });
  const { rows } = await services.db.execute<{ name: string; n: number }>(
    sql`select split_part(object_id, '-', 1) as name, count(distinct object_id)::int as n from ${auditRecords} group by 1 order by 1`,
  );
  expect(rows).toEqual(['a', 'b', 'c'].map((name) => ({ name, n: COUNT })));
});
