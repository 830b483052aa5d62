import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditPending, auditRecords } from '../../db/schema';
import { testDatabase, type TestDatabase } from '../../db/testing';
import { administratorOf, browserOf, callerFor, testServices } from '../testing';
import { selectPage } from '../list/list';
import { type AuditFilter, auditList, LATEST_FIRST } from './list-records';
import { recordAudit } from './record-audit';

type Services = Awaited<ReturnType<typeof testServices>>;

async function fill(services: Services, count: number) {
  for (let n = 1; n <= count; n++) {
    await recordAudit(
      services.db,
      { ...services, address: `192.0.2.${n}` },
      {
        action: n % 2 ? 'host.approve' : 'host.revoke',
        actor: { kind: 'person', id: null, label: n % 3 ? 'ann@example.com' : 'bob@example.com' },
        object: { kind: 'host', id: `id-${n}`, label: `web-${n}.example.com` },
        outcome: n % 5 ? 'done' : 'refused',
        ...(n % 5 === 0 && { code: 'auth.forbidden' }),
      },
    );
  }
}

test('newest first, page by page, each record once, also while new ones arrive', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  await fill(services, 25);
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await admin.audit.list({ limit: 10, cursor });
    seen.push(...page.records.map(({ sequence }) => sequence));
    cursor = page.nextCursor ?? undefined;
    await recordAudit(services.db, services, { action: 'test.meanwhile' });
    await services.audit.seal();
  } while (cursor);
  expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => 25 - i));
});

test('filters, alone and together', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  await fill(services, 15);
  const found = async (filter: AuditFilter) =>
    (await admin.audit.list(filter)).records.map(({ objectLabel }) => Number(/\d+/.exec(objectLabel!)![0])).reverse();

  expect(await found({ actor: 'bob@example.com' })).toEqual([3, 6, 9, 12, 15]);
  expect(await found({ actor: 'Bob@Example.COM' })).toEqual([3, 6, 9, 12, 15]);
  expect(await found({ actor: 'bob@example.com', action: 'host.revoke' })).toEqual([6, 12]);
  expect(await found({ object: 'id-7' })).toEqual([7]);
  expect(await found({ outcome: 'refused' })).toEqual([5, 10, 15]);
  expect(await found({ outcome: 'failed' })).toEqual([]);
  expect(await found({ outcome: 'done', object: 'id-7' })).toEqual([7]);
  for (const [search, wanted] of [
    ['web-11', [11]],
    ['WEB-11.EXAMPLE.COM', [11]],
    ['bob forbidden', [15]],
    ['192.0.2.14', [14]],
    ['revo bob', [6, 12]],
    ['nothing-like-this', []],
    ["' & ! | ( :*", []],
    ['% _', []],
    // No operators: everything but letters and digits only parts words.
    ['web:*|bob', [3, 6, 9, 12, 15]],
  ] as const) {
    expect(await found({ search }), search).toEqual(wanted);
  }
  const [, middle] = (await admin.audit.list({ limit: 2 })).records;
  const { at } = middle!;
  expect((await admin.audit.list({ from: at })).records.every((record) => record.at >= at)).toBe(true);
  expect((await admin.audit.list({ to: at })).records.every((record) => record.at < at)).toBe(true);
});

test('a person is followed by their id, whatever they were called when they did it', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const other = await administratorOf(services, 'other@example.com');
  const { userId } = await other.users.invite({ email: 'ann@example.com', name: '', role: 'administrator' });
  const ann = await browserOf(services, userId);
  await ann.profile.update({ name: 'Ann', language: null });
  await admin.users.update({ userId, email: 'anna@example.com' });
  await (await browserOf(services, userId)).profile.update({ name: 'Anna', language: null });
  const { records } = await admin.audit.list({ actorId: userId });
  expect(records.map(({ actorLabel, action }) => [actorLabel, action])).toEqual([
    ['anna@example.com', 'profile.update'],
    ['ann@example.com', 'profile.update'],
  ]);
  expect((await admin.audit.list({ actorId: userId, actor: 'ann@example.com' })).records).toHaveLength(1);
  expect((await admin.audit.list({ actorId: 'nobody’s' })).records).toEqual([]);
});

test('words beyond ASCII are found as they were written, whatever locale the database has', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  for (const label of ['Éva', 'Москва', 'ΑΘΗΝΑ'])
    await recordAudit(services.db, services, { action: 'test.say', object: { kind: 'host', id: null, label } });
  for (const search of ['Éva', 'Москва', 'Моск', 'ΑΘΗΝΑ']) {
    expect(
      (await admin.audit.list({ search })).records.map(({ objectLabel }) => objectLabel),
      search,
    ).toEqual([expect.stringContaining(search)]);
  }
});

test('an instant that no database holds is the caller’s mistake', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  for (const at of [
    '9999-12-31T23:59:59-23:59',
    '9999-12-31T23:59:59-12:00',
    '0000-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
  ]) {
    await expect(admin.audit.list({ from: at }), at).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(admin.audit.list({ to: at }), at).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  }
  expect(await admin.audit.list({ from: '2026-01-01T00:00:00+23:59', to: '9999-12-30T00:00:00Z' })).toMatchObject({
    records: [],
  });
});

test('what was done a moment ago is there', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  await recordAudit(services.db, services, { action: 'test.now' });
  expect((await admin.audit.list({})).records).toMatchObject([{ action: 'test.now' }]);
  expect((await admin.audit.list({})).unsealed).toBe(0);
});

test('what was written into the database by others shows as not sealed', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  await services.db
    .insert(auditPending)
    .values({
      id: '01890000-0000-7000-8000-000000000000',
      at: new Date(),
      actorKind: 'system',
      action: 'test.forged',
      outcome: 'done',
      mac: '-',
    });
  expect(await admin.audit.list({})).toMatchObject({ records: [], unsealed: 1 });
});

test('a cursor that is not ours is the caller’s mistake', async () => {
  const services = await testServices();
  const admin = await administratorOf(services);
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const at = new Date().toISOString();
  for (const cursor of [
    '!!!',
    encoded(null),
    encoded([at]),
    encoded([at, 0]),
    encoded([at, 1.5]),
    encoded(['now', 1]),
    encoded(['0000-01-01T00:00:00Z', 1]),
    encoded(['2026-01-01T00:00:00+23:59', 5]),
    encoded(['9999-12-31T23:59:59.000-15:00', 5]),
    encoded([at, '1; drop table audit_record']),
  ]) {
    await expect(admin.audit.list({ cursor }), cursor).rejects.toMatchObject({ appCode: 'input.invalid' });
  }
});

test('nobody reads it without a session, and no machine', async () => {
  const services = await testServices();
  await expect(callerFor(services).audit.list({})).rejects.toMatchObject({ appCode: 'auth.required' });
  const identity = {
    hostId: '01890000-0000-7000-8000-000000000000',
    fqdn: 'a',
    serial: '01',
    notBefore: new Date(0),
    notAfter: new Date(),
    isRenewal: false,
  };
  const agent = callerFor(services, { listener: 'channel', agent: identity });
  await expect(agent.audit.list({})).rejects.toMatchObject({ appCode: 'auth.required' });
});

/** The database chooses by what it knows of the data: this is enough for it to turn to the indexes. */
const LARGE = 100_000;

let large: TestDatabase;
beforeAll(async () => {
  large = await testDatabase();
  await large.db.execute(sql`
    insert into audit_record (sequence, id, at, actor_kind, actor_id, actor_label, action, object_id, object_label, outcome, code, previous_mac, mac)
    select n, gen_random_uuid(), now() - n * interval '1 minute', 'person', 'person-' || n % 500, 'user-' || n % 500 || '@example.com', 'act.' || n % 200, 'id-' || n % 20000,
      'host-' || n % 20000 || '.example.com', case when n % 100 = 0 then 'refused' else 'done' end, null, '-', '-'
    from generate_series(1, ${LARGE}) as n`);
  await large.db.execute(sql`vacuum analyze audit_record`);
});
afterAll(() => large.close());

const day = (ago: number) => new Date(Date.now() - ago * 24 * 60 * 60 * 1000).toISOString();

test.each<[what: string, filter: AuditFilter, index: string]>([
  ['nothing', {}, 'audit_record_at'],
  ['the actor', { actor: 'User-7@example.com' }, 'audit_record_actor'],
  ['the actor by their id', { actorId: 'person-7' }, 'audit_record_actor_id'],
  ['the action', { action: 'act.7' }, 'audit_record_action'],
  ['the object', { object: 'id-7' }, 'audit_record_object'],
  ['what was refused', { outcome: 'refused' }, 'audit_record_not_done'],
  ['a span of time', { from: day(61), to: day(60) }, 'audit_record_at'],
  ['rare words', { search: 'host-777.example.com' }, 'audit_record_search'],
])('an index answers for %s', async (_what, filter, index) => {
  const query = selectPage(auditList, large, { filter, ...LATEST_FIRST, limit: 49 });
  const { rows } = await large.db.execute<Record<string, unknown>>(
    sql`explain (analyze, format json) ${query.getSQL()}`,
  );
  const plan = JSON.stringify(rows);
  expect(plan).toContain(`"Index Name":"${index}"`);
  expect(plan).not.toContain('Seq Scan');
  // Not a walk past everything either: what is read and thrown away stays within a few pages' worth.
  const removed = [...plan.matchAll(/"Rows Removed by (?:Filter|Index Recheck)":([\d.]+)/g)].map(([, n]) => Number(n));
  expect(Math.max(0, ...removed)).toBeLessThan(1000);
});

test('the last page of a large log is found by its index too', async () => {
  const { rows: last } = await large.db.execute<{ at: string }>(
    sql`select to_char(min(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at from audit_record`,
  );
  const cursor = Buffer.from(JSON.stringify([last[0]!.at, LARGE + 1])).toString('base64url');
  const query = selectPage(auditList, large, { filter: {}, ...LATEST_FIRST, cursor, limit: 49 });
  expect(await query).toHaveLength(1);
  const { rows } = await large.db.execute(sql`explain (analyze, format json) ${query.getSQL()}`);
  expect(JSON.stringify(rows)).toContain('"Index Name":"audit_record_at"');
  expect(await large.db.$count(auditRecords)).toBe(LARGE);
});
