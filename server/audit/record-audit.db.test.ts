import { asc, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { auditPending, auditRecords, users } from '../../db/schema';
import { findSecret } from '../process/secret';
import { administratorOf, callerFor, registrationOf, strangerOf, testServices } from '../testing';
import { recordAudit } from './record-audit';
import { createAuditTrail } from './trail';
import { verifyChain } from './verify-chain';

type Services = Awaited<ReturnType<typeof testServices>>;

const recordsOf = async ({ db, audit }: Services) => {
  await audit.seal();
  return db.select().from(auditRecords).orderBy(asc(auditRecords.sequence));
};

/** What the database itself says to a statement, below drizzle's words. */
const complaintOf = (statement: Promise<unknown>) =>
  statement.then(
    () => null,
    (error: { cause?: { message: string } }) => error.cause?.message,
  );

test('a decision on a host is recorded: who, what, on what, from where, before and after', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const { enrolmentId: hostId } = await strangerOf(services).agents.register(
    await registrationOf('web-01.example.com'),
  );

  await admin.hosts.approve({ hostId });
  await admin.hosts.revoke({ hostId });
  await admin.hosts.delete({ hostId });

  const records = await recordsOf(services);
  expect(records.map(({ sequence, action, outcome }) => [sequence, action, outcome])).toEqual([
    [1, 'agent.register', 'done'],
    [2, 'host.approve', 'done'],
    [3, 'host.revoke', 'done'],
    [4, 'host.delete', 'done'],
  ]);
  expect(records[1]).toMatchObject({
    actorKind: 'person',
    actorLabel: 'admin@example.com',
    objectKind: 'host',
    objectId: hostId,
    objectLabel: 'web-01.example.com',
    before: { approval: 'pending' },
    after: { approval: 'approved', serial: expect.any(String) },
  });
  expect(records[1]!.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(records[3]).toMatchObject({ before: { approval: 'revoked' }, after: null });
});

test('a change that is rolled back leaves no record, and without its record it does not commit', async () => {
  const services = await testServices();
  const undone = services.db.transaction(async (tx) => {
    await recordAudit(tx, services, { action: 'test.undo' });
    throw new Error('changed my mind');
  });
  await expect(undone).rejects.toThrow('changed my mind');

  const secretive = services.db.transaction(async (tx) => {
    await tx.insert(users).values({ email: 'new@example.com', passwordHash: '-', role: 'administrator' });
    await recordAudit(tx, services, { action: 'test.create', after: { password: 'hunter2' } });
  });
  await expect(secretive).rejects.toThrow('looks like a secret');

  expect(await recordsOf(services)).toEqual([]);
  expect(await services.db.select().from(users)).toEqual([]);
});

test('nothing in the log can be changed, taken out or emptied', async () => {
  const services = await testServices();
  await recordAudit(services.db, services, { action: 'test.keep' });
  const refused = expect.stringContaining('the audit log is append-only');
  // What waits, before it is sealed: the statements follow one another faster than the sealer wakes.
  const waiting = services.db.transaction(async (tx) => {
    await recordAudit(tx, services, { action: 'test.wait' });
    await tx.execute(sql`delete from audit_pending where action = 'test.wait'`);
  });
  expect(await complaintOf(waiting)).toEqual(refused);
  await services.audit.seal();
  for (const statement of [
    sql`update audit_record set action = 'test.other'`,
    sql`delete from audit_record`,
    sql`truncate audit_record`,
    sql`truncate audit_pending`,
  ]) {
    expect(await complaintOf(services.db.execute(statement))).toEqual(refused);
  }
  expect((await recordsOf(services)).map(({ action }) => action)).toEqual(['test.keep']);
});

test('several processes seal into one chain without a fork or a gap', async () => {
  const services = await testServices();
  const secret = (await findSecret(services.config))!;
  const others = [1, 2, 3].map(() => createAuditTrail({ ...services, secret }));
  await Promise.all(
    [services.audit, ...others].flatMap((audit, process) =>
      Array.from({ length: 50 }, async (_, i) => {
        await services.db.transaction((tx) =>
          recordAudit(
            tx,
            { audit },
            { action: 'test.race', object: { kind: 'n', id: `${process}-${i}`, label: null } },
          ),
        );
        if (i % 10 === 0) await audit.seal();
      }),
    ),
  );
  await Promise.all(others.map((audit) => audit.stop()));

  const records = await recordsOf(services);
  expect(records.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  expect(new Set(records.map(({ objectId }) => objectId)).size).toBe(200);
  expect(records.slice(1).every(({ previousMac }, i) => previousMac === records[i]!.mac)).toBe(true);
  expect(await services.db.$count(auditPending)).toBe(0);
});

describe('a record that somebody else puts into the log itself', () => {
  const put = ({ db }: Services, sequence: string, mac = '-') =>
    db.execute(sql`insert into audit_record (sequence, id, at, actor_kind, action, outcome, previous_mac, mac)
      values (${sequence}::bigint, gen_random_uuid(), now(), 'person', 'test.forged', 'done', '-', ${mac})`);

  test.each(['9223372036854775807', '9007199254740993', '9007199254740991', '50', '3', '0', '-1'])(
    'is refused when it does not follow the last: %s',
    async (sequence) => {
      const services = await testServices();
      await recordAudit(services.db, services, { action: 'test.first' });
      await services.audit.seal();
      expect(await complaintOf(put(services, sequence))).toMatch(/the audit log is a chain|violates check constraint/);
      await recordAudit(services.db, services, { action: 'test.second' });
      expect((await recordsOf(services)).map(({ sequence, action }) => [sequence, action])).toEqual([
        [1, 'test.first'],
        [2, 'test.second'],
      ]);
      expect(services.logged.filter(({ level }) => level === 50)).toEqual([]);
    },
  );

  test('and when it leaves a hole behind itself', async () => {
    const services = await testServices();
    const two = services.db
      .execute(sql`insert into audit_record (sequence, id, at, actor_kind, action, outcome, previous_mac, mac)
      select n, gen_random_uuid(), now(), 'person', 'test.forged', 'done', '-', '-' from unnest(array[1, 3]) as n`);
    expect(await complaintOf(two)).toMatch('the audit log is a chain');
  });

  test('is built upon where it does follow, because its number is taken: the log goes on, and says so once', async () => {
    const services = await testServices();
    await recordAudit(services.db, services, { action: 'test.first' });
    await services.audit.seal();
    await put(services, '2');
    for (const action of ['test.second', 'test.third'] as const) {
      await recordAudit(services.db, services, { action });
      await services.audit.seal();
    }
    expect((await recordsOf(services)).map(({ action }) => action)).toEqual([
      'test.first',
      'test.forged',
      'test.second',
      'test.third',
    ]);
    expect(services.logged.filter(({ level }) => level === 50)).toMatchObject([
      { sequence: 2, msg: expect.stringContaining('did not seal') },
    ]);
    expect(await verifyChain(services.db, services.audit.seals)).toMatchObject({
      fault: { kind: 'changed', sequence: 2 },
      verified: 1,
    });
  });
});

test('the sealer wakes by itself', async () => {
  const services = await testServices();
  await recordAudit(services.db, services, { action: 'test.wake' });
  await expect.poll(() => services.db.$count(auditRecords)).toBe(1);
});

test('what this server did not write is not sealed, and holds nothing else up', async () => {
  const services = await testServices();
  await recordAudit(services.db, services, { action: 'test.first' });
  const [first] = await recordsOf(services);
  const { sequence: _sequence, previousMac: _previousMac, search: _search, ...copy } = first!;
  await services.db
    .insert(auditPending)
    .values([copy, { ...copy, id: '01890000-0000-7000-8000-000000000000', action: 'test.forged' }]);

  await recordAudit(services.db, services, { action: 'test.second' });

  expect((await recordsOf(services)).map(({ action }) => action)).toEqual(['test.first', 'test.second']);
  expect(await services.db.$count(auditPending)).toBe(2);
  expect(services.logged.filter(({ level }) => level === 50)).toHaveLength(1);
});

test('text that no database holds does not fail the change', async () => {
  const services = await testServices();
  const nasty = 'a\0b\ud800c';
  await recordAudit(services.db, services, {
    action: 'test.nasty',
    object: { kind: 'x', id: nasty, label: 'y'.repeat(300) },
    before: { nasty, huge: 'z'.repeat(2000) },
    after: { list: Array.from({ length: 9000 }, () => 1) },
  });
  const [record] = await recordsOf(services);
  expect(record).toMatchObject({
    objectId: 'a\ufffdb\ufffdc',
    before: { nasty: 'a\ufffdb\ufffdc' },
    after: { tooLarge: expect.any(Number) },
  });
  expect(record!.objectLabel).toHaveLength(256);
  expect((record!.before as { huge: string }).huge).toHaveLength(1024);
});

test('signing in and out is recorded, and who fails is, once and counted', async () => {
  const services = await testServices();
  const visitor = callerFor(services, { address: '192.0.2.7' });
  for (let i = 0; i < 5; i++) {
    await expect(visitor.users.signIn({ email: 'nobody@example.com', password: 'wrong' })).rejects.toMatchObject({
      appCode: 'auth.credentials',
    });
  }
  await expect(visitor.users.signIn({ email: 'hunter2', password: 'wrong' })).rejects.toMatchObject({
    appCode: 'auth.credentials',
  });
  const failed = await recordsOf(services);
  expect(
    failed.map(({ action, actorLabel, outcome, code, address }) => [action, actorLabel, outcome, code, address]),
  ).toEqual([
    ['user.signIn', 'nobody@example.com', 'refused', 'auth.credentials', '192.0.2.7'],
    // By the fifth.
    ['user.lock', null, 'done', null, '192.0.2.7'],
    ['user.signIn', null, 'refused', 'auth.credentials', '192.0.2.7'],
  ]);

  await services.audit.refusals.tell(new Date(Date.now() + 3_600_000));
  expect((await recordsOf(services)).at(-1)).toMatchObject({
    actorLabel: 'nobody@example.com',
    after: { repeated: 4 },
  });
  expect(JSON.stringify(await recordsOf(services))).not.toContain('hunter2');
});

test('a change that fails is recorded with its reason; a form filled in wrongly is not', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const hostId = '01890000-0000-7000-8000-000000000000';
  await expect(admin.hosts.approve({ hostId })).rejects.toMatchObject({ appCode: 'host.not_found' });
  await expect(admin.hosts.approve({ hostId: 'x' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(admin.hosts.byId({ hostId })).rejects.toMatchObject({ appCode: 'host.not_found' });
  const records = await recordsOf(services);
  expect(records.map(({ action, outcome, code, objectId }) => [action, outcome, code, objectId])).toEqual([
    ['host.approve', 'failed', 'host.not_found', hostId],
  ]);
});
