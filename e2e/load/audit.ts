/**
 * How many audit records a second are written and chained. `node --import tsx e2e/load/audit.ts [ROUNDS]` prints JSON;
 * Linux only. Time counts until the last record is in the chain; the sealer runs beside the writers.
 *
 * - `bare`: the ceiling: the same rows by the same writers into a table without chain, triggers or indexes.
 * - `chained`: records by themselves, as of sign-ins and refusals.
 * - `inTransaction`: each in a transaction of its own, which is what surrounds the record of a change.
 * - `lockedHead`: the way not taken: each transaction locks the head of the chain until its commit. It does not even
 *   compute a seal, and this PostgreSQL does not wait for the disk at a commit, which would hold the lock longer.
 *
 * - `verify`: walking the chain of all that the rounds have written, as `node build/server/sysmanage.js audit verify`
 *   does; with the memory that it
 *   took over what was in use before, in MiB.
 *
 * `perCoreSecond` is per second of processor time, ours and PostgreSQL's together.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SQL, sql } from 'drizzle-orm';
import pino from 'pino';
import { openDatabase } from '../../db/open-database';
import { migrateUp } from '../../db/migrate';
import { startTestPostgresql } from '../../db/testing-postgresql';
/* eslint-disable @typescript-eslint/no-restricted-imports -- What is measured is these functions. */
import { recordAudit } from '../../server/audit/record-audit';
import { createAuditTrail } from '../../server/audit/trail';
import { createGroupCommit } from '../../server/process/group-commit';
import { verifyChain } from '../../server/audit/verify-chain';
/* eslint-enable @typescript-eslint/no-restricted-imports */
import { cpuSeconds } from './measure/cpu-time';
import { describeMachine } from './measure/describe-machine';
import { type Figures, medians } from './measure/measure';

const ROUNDS = Number(process.argv[2] ?? 5);
const COUNT = 5000;
const WRITERS = 16;
const WANTED = 2000;
const SOME_ID = '0190a0f0-0000-7000-8000-000000000000';

const postgresql = await startTestPostgresql();
const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const database = await openDatabase({ url: postgresql.url, directory: folder });
const { db } = database;
try {
  await migrateUp(database);
  await db.execute(sql`create table bare (like audit_pending)`);
  await db.execute(sql`create table locked (like audit_record including indexes)`);
  await db.execute(sql`create table head as select 0 as sequence`);
  const log = pino({ level: 'silent' });
  const audit = createAuditTrail({ db, log, writer: createGroupCommit(), secret: 'of this benchmark alone' });
  const who = { audit, address: '192.0.2.7', requestId: SOME_ID };
  const seal = () => audit.seal();

  const ways = {
    bare: () => measure((n) => db.execute(insertInto(sql`bare`, n))),
    chained: () => measure((n) => recordAudit(db, who, entry(n)), seal),
    inTransaction: () => measure((n) => db.transaction((tx) => recordAudit(tx, who, entry(n))), seal),
    lockedHead: () =>
      measure((n) =>
        db.transaction(async (tx) => {
          const { rows } = await tx.execute<{ sequence: number }>(sql`select * from head for update`);
          const sequence = rows[0]!.sequence + 1;
          await tx.execute(insertInto(sql`locked`, n, sequence));
          await tx.execute(sql`update head set sequence = ${sequence}`);
        }),
      ),
  };
  const results: Record<string, Figures> = {};
  for (const [name, way] of Object.entries(ways)) {
    const rounds = [];
    for (let round = 0; round <= ROUNDS; round++) rounds.push(await way());
    results[name] = medians(rounds.slice(1));
  }
  const verify = await measureVerification(audit);
  await audit.stop();
  console.log(
    JSON.stringify(
      { benchmark: 'audit', machine: describeMachine(), writers: WRITERS, wanted: WANTED, results, verify },
      null,
      2,
    ),
  );
} finally {
  await database.close();
  await postgresql.stop();
  await rm(folder, { recursive: true });
}

async function measureVerification(audit: ReturnType<typeof createAuditTrail>) {
  const before = process.memoryUsage().rss;
  let peak = before;
  const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20);
  const clock = performance.now();
  const { fault, verified } = await verifyChain(db, audit.seals);
  const seconds = (performance.now() - clock) / 1000;
  clearInterval(sampling);
  if (fault) throw new Error(`the chain is broken: ${JSON.stringify(fault)}`);
  return {
    records: verified,
    perSecond: Math.round(verified / seconds),
    extraMiB: Math.round((peak - before) / 2 ** 20),
  };
}

function entry(n: number) {
  return {
    action: 'host.approve' as const,
    actor: { kind: 'person' as const, id: SOME_ID, label: `admin-${n % 50}@example.com` },
    object: {
      kind: 'host',
      id: `0190a0f0-0000-7000-8000-${String(n).padStart(12, '0')}`,
      label: `web-${n}.example.com`,
    },
    before: { approval: 'pending' },
    after: { approval: 'approved', serial: `0A1B2C3D4E5F${n}` },
  };
}

function insertInto(table: SQL, n: number, sequence?: number): SQL {
  const { actor, object, ...said } = entry(n);
  const row = {
    ...said,
    id: crypto.randomUUID(),
    at: new Date(),
    actor_kind: actor.kind,
    actor_id: actor.id,
    actor_label: actor.label,
    object_kind: object.kind,
    object_id: object.id,
    object_label: object.label,
    address: '192.0.2.7',
    request_id: SOME_ID,
    outcome: 'done',
    mac: String(n).padStart(64, '0'),
    ...(sequence && { sequence, previous_mac: String(n).padStart(64, '0') }),
  };
  return sql`insert into ${table} select * from jsonb_populate_record(null::${table}, ${JSON.stringify(row)}::jsonb)`;
}

async function measure(act: (n: number) => Promise<unknown>, finish?: () => Promise<unknown>): Promise<Figures> {
  let next = 0;
  const write = async () => {
    while (next < COUNT) await act(next++);
  };
  const { rows } = await db.execute<{ pid: number }>(
    sql`select pid from pg_stat_activity where backend_type = 'client backend'`,
  );
  const used = () => [process.pid, ...rows.map(({ pid }) => pid)].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const [cpu, clock] = [used(), performance.now()];
  await Promise.all(Array.from({ length: WRITERS }, write));
  await finish?.();
  const seconds = (performance.now() - clock) / 1000;
  return { perCoreSecond: COUNT / (used() - cpu), perSecond: COUNT / seconds };
}
