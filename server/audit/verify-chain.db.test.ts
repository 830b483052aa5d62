import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type SQL, sql, TransactionRollbackError } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../certificates/testing';
import { findSecret } from '../process/secret';
import { testServices } from '../testing';
import { appendCheckpoint, CheckpointError, readCheckpoints } from './checkpoints';
import { recordAudit } from './record-audit';
import { createSeals } from './seal';
import { createAuditTrail } from './trail';
import { verifyChain } from './verify-chain';

const COUNT = 12;
const NOBODYS = '01890000-0000-7000-8000-000000000000';

let services: Awaited<ReturnType<typeof testServices>>;
let isTampered = false;

beforeEach(async () => {
  services = await testServices();
  for (let n = 1; n <= COUNT; n++) {
    await recordAudit(services.db, services, {
      action: 'test.act',
      object: { kind: 'n', id: String(n), label: `object ${n}` },
      before: { n: n - 1 },
      after: { n, deep: { b: [1, { z: 1, a: 2 }], a: null } },
    });
  }
  await services.audit.seal();
});

/** What somebody with all rights in the database does: the triggers are no hindrance to them. */
async function tamper(...statements: SQL[]) {
  await services.db.transaction(async (tx) => {
    for (const table of ['audit_record', 'audit_pending'])
      await tx.execute(sql.raw(`alter table ${table} disable trigger all`));
    await tx.execute(sql`alter table audit_record drop constraint audit_record_sequence`);
    for (const statement of statements) await tx.execute(statement);
    await tx.execute(
      sql`alter table audit_record add constraint audit_record_sequence check (sequence between 1 and 9007199254740991) not valid`,
    );
    isTampered = true;
    for (const table of ['audit_record', 'audit_pending'])
      await tx.execute(sql.raw(`alter table ${table} enable trigger all`));
  });
}

// Databases are used again once they are closed, and emptied; their schema is to be the one that they were made with.
afterEach(async () => {
  if (!isTampered) return;
  isTampered = false;
  await services.audit.stop();
  await services.db.transaction(async (tx) => {
    await tx.execute(sql`alter table audit_record disable trigger all`);
    await tx.execute(sql`delete from audit_record`);
    await tx.execute(sql`alter table audit_record validate constraint audit_record_sequence`);
    await tx.execute(sql`alter table audit_record enable trigger all`);
  });
});

const verify = (expected?: Map<number, string>) => verifyChain(services.db, services.audit.seals, expected);

/** Moves everything from a number on, by one. In two steps: numbers are unique at every moment. */
const shift = (from: number, by: 1 | -1) => [
  sql`update audit_record set sequence = -(sequence + ${by}) where sequence >= ${from}`,
  sql`update audit_record set sequence = -sequence where sequence < 0`,
];

const COLUMNS = sql.raw(
  'at, actor_kind, actor_id, actor_label, object_kind, object_id, object_label, address, request_id, outcome, code, before, after, mac',
);

/** A record of somebody else's making in a place, as like ours as can be. */
const forge = (sequence: number, previousMac: SQL) => sql`
  insert into audit_record (sequence, id, action, previous_mac, ${COLUMNS})
  select ${sequence}, ${NOBODYS}, 'test.forged', ${previousMac}, ${COLUMNS} from audit_record where sequence = 3`;

test('an untouched log is whole, also with records that wait', async () => {
  expect(await verify()).toMatchObject({ fault: null, verified: COUNT, waiting: 0 });
  await services.audit.stop();
  await recordAudit(
    services.db,
    { ...services, audit: { ...services.audit, wake: () => undefined } },
    { action: 'test.late' },
  );
  expect(await verify()).toMatchObject({ fault: null, verified: COUNT, waiting: 1 });
});

describe('a change of any column is found in its record', () => {
  const changes = {
    id: sql`${NOBODYS}`,
    at: sql`at + interval '1 millisecond'`,
    actor_kind: sql`'person'`,
    actor_id: sql`'x'`,
    actor_label: sql`'somebody@example.com'`,
    action: sql`'test.other'`,
    object_kind: sql`'m'`,
    object_id: sql`'8'`,
    object_label: sql`null`,
    address: sql`'192.0.2.9'`,
    request_id: sql`'x'`,
    outcome: sql`'refused'`,
    code: sql`'x'`,
    before: sql`null`,
    after: sql`jsonb_set(after, '{deep,b,1,a}', '3')`,
    previous_mac: sql`repeat('0', 64)`,
    mac: sql`repeat('0', 64)`,
  };
  test.each(Object.entries(changes))('%s', async (column, value) => {
    await tamper(sql`update audit_record set ${sql.raw(column)} = ${value} where sequence = 7`);
    expect(await verify()).toMatchObject({ fault: { kind: 'changed', sequence: 7 }, verified: 6 });
  });

  test('and no column is left out', async () => {
    const { rows } = await services.db.execute<{ name: string }>(
      sql`select column_name as name from information_schema.columns where table_name = 'audit_record'`,
    );
    // The number is the order, tried below; the words to search by are made by the database itself.
    expect(rows.map(({ name }) => name).sort()).toEqual([...Object.keys(changes), 'sequence', 'search'].sort());
  });
});

test('a record taken out is missed: the first, one in the middle, and one whose gap was closed', async () => {
  await tamper(sql`delete from audit_record where sequence = 9`);
  expect(await verify()).toMatchObject({ fault: { kind: 'missing', sequence: 9 }, verified: 8 });
  await tamper(sql`delete from audit_record where sequence = 5`, ...shift(6, -1));
  expect(await verify()).toMatchObject({ fault: { kind: 'moved', sequence: 5, from: 6 }, verified: 4 });
  await tamper(sql`delete from audit_record where sequence = 1`);
  expect(await verify()).toMatchObject({ fault: { kind: 'missing', sequence: 1 }, verified: 0 });
});

test('a record put in is named: in the middle, at the end, and before the beginning', async () => {
  await tamper(forge(0, sql`repeat('0', 64)`));
  expect(await verify()).toMatchObject({ fault: { kind: 'inserted', sequence: 0, id: NOBODYS } });
  await tamper(
    sql`delete from audit_record where sequence = 0`,
    forge(COUNT + 1, sql`(select mac from audit_record where sequence = ${COUNT})`),
  );
  expect(await verify()).toMatchObject({
    fault: { kind: 'changed', sequence: COUNT + 1, id: NOBODYS },
    verified: COUNT,
  });
  await tamper(
    sql`delete from audit_record where sequence = ${COUNT + 1}`,
    ...shift(6, 1),
    forge(6, sql`(select mac from audit_record where sequence = 5)`),
  );
  expect(await verify()).toMatchObject({ fault: { kind: 'inserted', sequence: 6, id: NOBODYS }, verified: 5 });
});

test.each(['-9223372036854775808', '-9007199254740991'])(
  'a record with the number %s is named: nothing is too low to be looked at',
  async (sequence) => {
    await tamper(sql`update audit_record set sequence = ${sequence}::bigint where sequence = 3`);
    expect(await verify()).toMatchObject({ fault: { kind: 'inserted', sequence: Number(sequence) } });
  },
);

test('two records that changed places are named with their places', async () => {
  await tamper(
    sql`update audit_record set sequence = -1 where sequence = 4`,
    sql`update audit_record set sequence = 4 where sequence = 10`,
    sql`update audit_record set sequence = 10 where sequence = -1`,
  );
  expect(await verify()).toMatchObject({ fault: { kind: 'moved', sequence: 4, from: 10 }, verified: 3 });
});

test.each([NOBODYS, '00000000-0000-0000-0000-000000000000'])(
  'a record that somebody else put among those that wait is named: %s',
  async (id) => {
    await services.db.execute(
      sql`insert into audit_pending (id, action, ${COLUMNS}) select ${id}, 'test.forged', ${COLUMNS} from audit_record where sequence = 3`,
    );
    expect(await verify()).toMatchObject({ fault: { kind: 'forged', id }, verified: COUNT });
    await services.audit.seal();
    expect(services.logged, 'the sealer sees it too').toContainEqual(expect.objectContaining({ level: 50, ids: [id] }));
  },
);

test('without the secret nobody can seal: under another one, everything is changed', async () => {
  expect(await verifyChain(services.db, createSeals('another secret'))).toMatchObject({
    fault: { kind: 'changed', sequence: 1 },
  });
});

describe('a log that is whole but stands open is named', () => {
  const guard = (events: string, table: string, each = 'row') =>
    `before ${events} on ${table} for each ${each} execute function audit_refuse_change()`;
  test.each<[what: string, statements: string[], fault: object]>([
    [
      'a trigger that was dropped',
      ['drop trigger audit_record_keep on audit_record'],
      { kind: 'unguarded', guard: 'audit_record_keep' },
    ],
    [
      'one that was switched off',
      ['alter table audit_pending disable trigger audit_pending_append_only'],
      { kind: 'unguarded', guard: 'audit_pending_append_only' },
    ],
    [
      'all of them',
      ['alter table audit_record disable trigger all'],
      { kind: 'unguarded', guard: 'audit_record_append_only' },
    ],
    [
      'one that never fires',
      [
        'drop trigger audit_record_append_only on audit_record',
        `create trigger audit_record_append_only ${guard('update or delete', 'audit_record').replace(' execute', ' when (false) execute')}`,
      ],
      { kind: 'unguarded', guard: 'audit_record_append_only' },
    ],
    [
      'one that lets deletions through',
      [
        'drop trigger audit_record_append_only on audit_record',
        `create trigger audit_record_append_only ${guard('update', 'audit_record')}`,
      ],
      { kind: 'unguarded', guard: 'audit_record_append_only' },
    ],
    [
      'a gap that is let through',
      ['drop trigger audit_record_no_gap on audit_record'],
      { kind: 'unguarded', guard: 'audit_record_no_gap' },
    ],
    [
      'numbers without a bound',
      ['alter table audit_record drop constraint audit_record_sequence'],
      { kind: 'unguarded', guard: 'audit_record_sequence' },
    ],
    [
      'a rule that swallows records',
      ['create rule swallow as on insert to audit_pending do instead nothing'],
      { kind: 'meddled', name: 'swallow' },
    ],
  ])('%s', async (_what, statements, fault) => {
    // The database is used again by other tests: what is undone here was never there.
    const undone = services.db.transaction(async (tx) => {
      for (const statement of statements) await tx.execute(sql.raw(statement));
      expect(await verifyChain(tx as unknown as typeof services.db, services.audit.seals)).toMatchObject({
        fault,
        verified: COUNT,
      });
      tx.rollback();
    });
    await expect(undone).rejects.toThrow(TransactionRollbackError);
    expect(await verify()).toMatchObject({ fault: null });
  });
});

test('a record that somebody swallows fails the change it is of', async () => {
  const undone = services.db.transaction(async (tx) => {
    await tx.execute(sql`create function swallow() returns trigger language plpgsql as 'begin return null; end'`);
    await tx.execute(
      sql`create trigger swallow before insert on audit_pending for each row execute function swallow()`,
    );
    await recordAudit(tx, services, { action: 'test.swallowed' });
  });
  await expect(undone).rejects.toThrow('the audit log did not take a record');
});

test('a crash between the change and its seal leaves a record that the next process seals', async () => {
  await services.audit.stop();
  await recordAudit(
    services.db,
    { ...services, audit: { ...services.audit, wake: () => undefined } },
    { action: 'test.before the crash' },
  );
  expect(await verify()).toMatchObject({ fault: null, verified: COUNT, waiting: 1 });
  const next = createAuditTrail({ ...services, secret: (await findSecret(services.config))! });
  await next.seal();
  expect(await verify()).toMatchObject({ fault: null, verified: COUNT + 1, waiting: 0 });
  await next.stop();
});

describe('checkpoints', () => {
  let path: string;
  beforeEach(async () => {
    path = join(await temporaryFolder(), 'checkpoints');
    const { head } = await verify();
    await appendCheckpoint(path, services.authority, head);
  });
  const read = () => readCheckpoints(path, services.authority);

  test('records cut off from the end are missed', async () => {
    expect(await verify(await read())).toMatchObject({ fault: null });
    await tamper(sql`delete from audit_record where sequence > 10`);
    expect(await verify()).toMatchObject({ fault: null, verified: 10 });
    expect(await verify(await read())).toMatchObject({ fault: { kind: 'missing', sequence: 11 }, verified: 10 });
  });

  test('an end written anew by somebody who has the secret is not the one that was seen', async () => {
    await tamper(sql`delete from audit_record where sequence > 10`);
    for (let n = 0; n < 3; n++) await recordAudit(services.db, services, { action: 'test.anew' });
    await services.audit.seal();
    expect(await verify()).toMatchObject({ fault: null, verified: 13 });
    expect(await verify(await read())).toMatchObject({ fault: { kind: 'replaced', sequence: COUNT }, verified: 11 });
  });

  test('a line that a crash cut short is named, with what to do; the next one begins on a line of its own', async () => {
    await appendCheckpoint(path, services.authority, (await verify()).head);
    const lines = await readFile(path, 'utf8');
    await writeFile(path, lines.slice(0, -30));
    await expect(read()).rejects.toThrow(
      /line 2: this is no checkpoint\. If it is the last line and cut short, .* delete the line/,
    );
    // Without its end only, be it by a crash or by an editor.
    await writeFile(path, lines.slice(0, -1));
    for (let n = 0; n < 2; n++) await appendCheckpoint(path, services.authority, (await verify()).head);
    expect(await readFile(path, 'utf8')).toMatch(/^(\{.*\}\n){4}$/);
    expect((await read()).size).toBe(1);
  });

  test('of many years are as good as few', async () => {
    const expected = new Map(Array.from({ length: 200_000 }, (_, n) => [COUNT + 1 + n, '-']));
    expect(await verify(expected)).toMatchObject({ fault: { kind: 'missing', sequence: COUNT + 1 } });
  });

  test('a line that was changed, or is none of ours, is refused', async () => {
    const line = await readFile(path, 'utf8');
    for (const other of [
      line.replace(/"sequence":12/, '"sequence":11'),
      line.replace(/"at":"2/, '"at":"3'),
      'hello\n',
      '{}\n',
    ]) {
      await writeFile(path, other);
      await expect(read()).rejects.toThrow(CheckpointError);
    }
    await writeFile(path, line);
    await appendFile(path, line);
    expect((await read()).size).toBe(1);
  });
});
