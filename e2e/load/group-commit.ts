/**
 * What it costs to keep what machines report, in statements and in processor time, ours and PostgreSQL's together.
 * `node --import tsx e2e/load/group-commit.ts [ROUNDS]` prints JSON; Linux only. A thousand hosts, 64 reports at once.
 *
 * - `errors`: an error that a host reports. `oneByOne` is a statement each, `grouped` the way in that there is, `bare`
 *   the ceiling: the same rows by statements of a thousand, with nobody who waits for one of them.
 * - `upsAndDowns`: each host comes, goes and comes, in its presence and in its history.
 * - `recordsOfOneAct`: audit records of an act that concerns 300 hosts, in its transaction, one by one and together.
 * - `refused`: the same attempt, refused again and again to a stranger: `first` is what each would cost if each were
 *   told apart.
 *
 * `each` is statements for one of what is counted, with those that begin and end transactions.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import pino from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { openDatabase } from '../../db/open-database';
import { migrateUp } from '../../db/migrate';
import { hostEvents, hosts } from '../../db/schema';
import { startTestPostgresql } from '../../db/testing-postgresql';
/* eslint-disable @typescript-eslint/no-restricted-imports -- What is measured is these functions. */
import { createReports } from '../../server/agents/reports';
import { recordAudit, recordAudits } from '../../server/audit/record-audit';
import { createAuditTrail } from '../../server/audit/trail';
import { createEventBus } from '../../server/events';
import { startPresence } from '../../server/presence/presence';
import { createGroupCommit } from '../../server/process/group-commit';
/* eslint-enable @typescript-eslint/no-restricted-imports */
import { cpuSeconds } from './measure/cpu-time';
import { describeMachine } from './measure/describe-machine';
import { median } from './measure/measure';

const ROUNDS = Number(process.argv[2] ?? 3);
const HOSTS = 1000;
const REPORTS = 5000;
const CONCURRENCY = 64;
const OF_ONE_ACT = 300;

/** Statements that this process has sent. */
let statements = 0;
const { query } = pg.Client.prototype;
pg.Client.prototype.query = function counted(this: pg.Client, ...args: never[]) {
  statements++;
  return Reflect.apply(query, this, args) as never;
};

interface Round {
  each: number;
  perCoreSecond: number;
}

const postgresql = await startTestPostgresql();
const folder = await mkdtemp(join(tmpdir(), 'sysmanage-load-'));
const database = await openDatabase({ url: postgresql.url, directory: folder });
const { db } = database;
const log = pino({ level: 'silent' });
const events = createEventBus();
const writer = createGroupCommit();
try {
  await migrateUp(database);
  const hostIds = await makeHosts();
  const reports = createReports({ db, log, writer });
  const audit = createAuditTrail({ db, log, writer, secret: 'of this benchmark alone' });
  const hostOf = (n: number) => hostIds[n % HOSTS]!;
  const error = (n: number) => {
    return { hostId: hostOf(n), kind: 'agent_error' as const, detail: `failed: ${n}`, at: new Date() };
  };
  const record = (n: number) => {
    return { action: 'host.expire' as const, object: { kind: 'host', id: hostOf(n), label: `host-${n}` } };
  };
  const attempt = (name: string) => ({
    address: '192.0.2.7',
    entry: {
      ...{ action: 'user.signIn' as const, outcome: 'refused' as const, code: 'auth.credentials' },
      actor: { kind: 'person' as const, id: null, label: name },
    },
  });

  const results = {
    errors: {
      bare: await measure(REPORTS, async () => {
        for (let n = 0; n < REPORTS; n += 1000) {
          await insertAll(Array.from({ length: 1000 }, (_, i) => ({ id: uuidv7(), ...error(n + i) })));
        }
      }),
      oneByOne: await measure(REPORTS, () => manyAtOnce((n) => db.insert(hostEvents).values(error(n)))),
      grouped: await measure(REPORTS, () => manyAtOnce((n) => reports.happening(error(n)))),
    },
    upsAndDowns: {
      grouped: await measure(3 * HOSTS, async () => {
        const presence = await startPresence({ db, events, log, writer, reports, graceMs: 3_600_000 });
        for (const act of ['up', 'down', 'up'] as const) {
          for (const hostId of hostIds) {
            if (act === 'up') presence.up(hostId, '192.0.2.7');
            else presence.down(hostId, 'closed');
          }
        }
        await presence.stop();
        await db.execute(sql`truncate host_presence`);
      }),
    },
    recordsOfOneAct: {
      oneByOne: await measure(OF_ONE_ACT, () =>
        db.transaction(async (tx) => {
          for (let n = 0; n < OF_ONE_ACT; n++) await recordAudit(tx, { audit }, record(n));
        }),
      ),
      together: await measure(OF_ONE_ACT, () =>
        db.transaction((tx) =>
          recordAudits(
            tx,
            { audit },
            Array.from({ length: OF_ONE_ACT }, (_, n) => record(n)),
          ),
        ),
      ),
    },
    refused: {
      first: await measure(20, async () => {
        for (let n = 0; n < 20; n++) await audit.refusals.note(attempt(`${Math.random()}@example.com`));
        await audit.refusals.tell(new Date(Date.now() + 3_600_000));
      }),
      repeated: await measure(REPORTS, async () => {
        await manyAtOnce(() => audit.refusals.note(attempt('somebody@example.com')));
        await audit.refusals.tell(new Date(Date.now() + 3_600_000));
      }),
    },
  };
  await audit.stop();
  await writer.stop();
  const about = { benchmark: 'group-commit', machine: describeMachine(), hosts: HOSTS, atOnce: CONCURRENCY };
  console.log(JSON.stringify({ ...about, results }, null, 2));
} finally {
  await database.close();
  await postgresql.stop();
  await rm(folder, { recursive: true });
}

async function insertAll(rows: object[]): Promise<void> {
  await db.execute(sql`
    insert into host_event (id, host_id, at, kind, detail)
    select r.id, r."hostId", r.at, r.kind, r.detail
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(id uuid, "hostId" uuid, at timestamptz, kind text, detail text)`);
}

async function makeHosts(): Promise<string[]> {
  const rows = Array.from({ length: HOSTS }, (_, n) => ({
    ...{ fqdn: `host-${n}.example.com`, platform: 'linux' as const, approval: 'approved' as const },
    ...{ keyFingerprint: `key ${n}`, fingerprintWords: '-', osName: '-', osVersion: '-', agentVersion: '-' },
    ...{ addresses: [], registeredFrom: '-' },
  }));
  return (await db.insert(hosts).values(rows).returning({ id: hosts.id })).map(({ id }) => id);
}

async function manyAtOnce(act: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const report = async () => {
    while (next < REPORTS) await act(next++);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, report));
}

/** The middle of the rounds; one more before them is for the machine code that V8 has yet to make. */
async function measure(count: number, act: () => Promise<unknown>): Promise<Round> {
  const rounds: Round[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const { rows } = await db.execute<{ pid: number }>(
      sql`select pid from pg_stat_activity where backend_type = 'client backend'`,
    );
    const used = () => [process.pid, ...rows.map(({ pid }) => pid)].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    const [cpu, sent] = [used(), statements];
    await act();
    rounds.push({ each: (statements - sent) / count, perCoreSecond: count / Math.max(0.01, used() - cpu) });
  }
  const middle = (name: keyof Round) => median(rounds.slice(1).map((round) => round[name]));
  return { each: Number(middle('each').toPrecision(3)), perCoreSecond: Math.round(middle('perCoreSecond')) };
}
