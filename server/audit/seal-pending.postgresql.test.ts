import { execFile } from 'node:child_process';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { auditPending, auditRecords } from '../../db/schema';
import { projectRoot } from '../process/project';
import { administratorOf, testServices } from '../testing';
import { recordAudit } from './record-audit';
import { SEAL_LOCK } from './seal-pending';
import { verifyChain } from './verify-chain';

const COUNT = 150;

test('several processes at once, one of which dies: one chain, without a fork, a gap or a lost record', async () => {
  const secret = 'a secret that several processes share';
  const services = await testServices({ SYSMANAGE_SECRET_KEY: secret });
  const append = (name: string, ...end: string[]) =>
    new Promise<string>((resolve) => {
      const args = [
        '--import',
        'tsx',
        'server/audit/testing-appender.ts',
        services.url!,
        secret,
        name,
        String(COUNT),
        ...end,
      ];
      execFile(process.execPath, args, { cwd: projectRoot, env: { NODE_ENV: 'test' } }, (error, stdout, stderr) =>
        resolve(`${error?.signal ?? error?.code ?? 0} ${stdout}${stderr}`.trim()),
      );
    });
  expect(await Promise.all([append('a'), append('b'), append('c', 'crash')])).toEqual(['0', '0', 'SIGKILL']);
  // What the dead one left, this process takes.
  await services.audit.seal();

  expect(await verifyChain(services.db, services.audit.seals)).toMatchObject({
    fault: null,
    verified: 3 * COUNT,
    waiting: 0,
  });
  const { rows } = await services.db.execute<{ name: string; n: number }>(
    sql`select split_part(object_id, '-', 1) as name, count(distinct object_id)::int as n from ${auditRecords} group by 1 order by 1`,
  );
  expect(rows).toEqual(['a', 'b', 'c'].map((name) => ({ name, n: COUNT })));
});

describe('a session of somebody else’s that holds the sealers’ lock', () => {
  /** Until the returned function is called. */
  async function holdLock(services: Awaited<ReturnType<typeof testServices>>) {
    const other = new pg.Client({ connectionString: services.url });
    await other.connect();
    onTestFinished(() => other.end());
    await other.query(`select pg_advisory_lock(${SEAL_LOCK})`);
    return () => other.query('select pg_advisory_unlock_all()');
  }
  const unsealed = expect.objectContaining({ level: 50, msg: 'audit records were not sealed' });

  test('keeps nobody from reading: what is sealed is answered, what is not is counted, and the log says why', async () => {
    const services = await testServices();
    const admin = await administratorOf(services);
    await admin.users.invite({ email: 'ann@example.com', name: '', role: 'viewer' });
    await services.audit.seal();
    const release = await holdLock(services);
    await admin.users.invite({ email: 'bob@example.com', name: '', role: 'viewer' });
    expect(await admin.audit.list({})).toMatchObject({ records: [{ objectLabel: 'ann@example.com' }], unsealed: 1 });
    expect(services.logged).toContainEqual(unsealed);
    await release();
    // Tried again, by nobody's asking.
    await expect.poll(() => services.db.$count(auditPending)).toBe(0);
    expect(await verifyChain(services.db, services.audit.seals)).toMatchObject({ fault: null, verified: 2 });
  });

  test('nor the server from stopping', async () => {
    const services = await testServices();
    await holdLock(services);
    await recordAudit(services.db, services, { action: 'test.late' });
    await services.audit.stop();
    expect(services.logged).toContainEqual(unsealed);
    expect(await services.db.$count(auditPending)).toBe(1);
  });
});
