/**
 * What keeping metrics costs. `node --import tsx e2e/load/metrics.ts [HOSTS]` prints JSON; Linux only. The database is
 * a PostgreSQL of its own.
 *
 * `bytes`: what each table takes, with its indexes, for each figure in it: a sample has 25, a bucket four. HOSTS hosts
 * for a day and five for a month, every 30 s. `core`: which part of a core 10,000 hosts would take: of this process and
 * of PostgreSQL's, for samples that come in by the writer that servers have, and for making all levels of them. The
 * connections' own work is not in it: see agents/connected-agents.ts. `chart`: milliseconds of a month of one host, as
 * its page asks for it, `cpuMs` of both processes; `bare`, the ceiling, is one row by its key, by turns. `across`:
 * milliseconds of a day of all HOSTS, as `/metrics/query` answers it, by the aggregate, `cpuMs` of both processes;
 * `late` at the end of that day, when least of it is packed.
 */
import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import pg from 'pg';
/* eslint-disable @typescript-eslint/no-restricted-imports -- what is measured, without the connections around it */
import { loadConfig } from '../../server/config';
import { seedHosts } from '../../server/hosts/testing';
import { SERVER_ITSELF } from '../../server/hosts/visible-hosts';
import { createSampleKeeper } from '../../server/metrics/keep-samples';
import { LEVELS } from '../../server/metrics/levels';
import { queryMetrics } from '../../server/metrics/query-metrics';
import { DISK_METRICS, METRICS } from '../../server/metrics/metrics';
import { type Partitioned, PARTITIONED } from '../../server/metrics/partitions';
import { readBuckets } from '../../server/metrics/read-series';
import { rollUp } from '../../server/metrics/roll-up';
import { createGroupCommit } from '../../server/process/group-commit';
import type { SignedIn } from '../../server/trpc';
/* eslint-enable @typescript-eslint/no-restricted-imports */
import type { Database } from '../../db/client';
import { openDatabase } from '../../db/open-database';
import { migrateUp } from '../../db/migrate';
import { startTestPostgresql } from '../../db/testing-postgresql';
import { cpuSeconds } from './measure/cpu-time';
import { describeMachine } from './measure/describe-machine';
import { bytesOf, EVERY, makeSamples } from './servers/make-samples';
import { percentiles } from './measure/measure';
import { ORDINARY } from './agents/ordinary-agent';

const HOSTS = Number(process.argv[2] ?? 100);
const LONG = 5;
const DAYS = 30;
const DAY = 86_400;
const FLEET = 10_000;
const ROUNDS = 60;
const FIGURES = Object.keys(METRICS).length + Object.keys(DISK_METRICS).length;
/** Seconds since 1970, at the beginning of a day. */
const END = Math.floor(Date.now() / 1000 / DAY) * DAY;

const postgres = await startTestPostgresql();
const database = await openDatabase({ url: postgres.url, directory: '' });
try {
  await migrateUp(database);
  const { db } = database;
  const ids = await seedHosts(
    db,
    Array.from({ length: HOSTS + LONG }, (_, i) => ({ keyFingerprint: `key ${i}`, fqdn: `host-${i}.example.com` })),
  );
  const long = ids.slice(HOSTS);
  await makeSamples(db, long, { from: END - DAYS * DAY, to: END });
  await makeSamples(db, ids.slice(0, HOSTS), { from: END - DAY, to: END });
  // As late as one can ask for a whole day: the last hour is samples, and no period of a day is made.
  await rollUp(db, { now: (END - 60) * 1000 });
  await db.execute(sql`vacuum analyze`);
  const late = await measureAcross();
  const kept = await database.onOneConnection(async (one) => {
    const pid = await pidOf(one);
    const before = cpuSeconds(pid);
    await rollUp(one, { now: (END + DAY) * 1000 });
    return cpuSeconds(pid) - before;
  });
  await db.execute(sql`vacuum analyze`);
  const bytes = Object.fromEntries(
    await Promise.all(
      (Object.keys(PARTITIONED) as Partitioned[]).map(
        async (table) => [table, rounded(await bytesOf(db, table))] as const,
      ),
    ),
  );
  const hostSeconds = (HOSTS + LONG * DAYS) * DAY;
  const rolling = (kept / hostSeconds) * FLEET;
  const core = { ...(await measureWriting(ids)), 'making levels': rounded(rolling) };
  console.log(
    JSON.stringify(
      {
        ...{ benchmark: 'metrics', machine: describeMachine(), hosts: HOSTS, figures: FIGURES },
        ...{ bytes, core, chart: await measureChart(long), across: { late, packed: await measureAcross() } },
      },
      null,
      2,
    ),
  );
} finally {
  await database.close();
  await postgres.stop();
}

/** As many samples as 10,000 hosts send in half a minute, a second's worth at a time. */
async function measureWriting(hostIds: string[]) {
  return database.onOneConnection(async (one) => {
    const pid = await pidOf(one);
    const writer = createGroupCommit();
    const keeper = createSampleKeeper({ db: one, log: pino({ level: 'warn' }), writer });
    const [own, its] = [process.cpuUsage(), cpuSeconds(pid)];
    for (let sent = 0; sent < FLEET;) {
      for (let i = 0; i < FLEET / EVERY && sent < FLEET; i++, sent++) {
        const at = new Date((END + sent) * 1000).toISOString();
        keeper.keep(hostIds[sent % hostIds.length]!, { ...ORDINARY.sample(), at });
      }
      await keeper.flush();
    }
    await writer.stop();
    const { user, system } = process.cpuUsage(own);
    return {
      'samples, this process': rounded((user + system) / 1e6 / EVERY),
      'samples, PostgreSQL': rounded((cpuSeconds(pid) - its) / EVERY),
    };
  });
}

async function measureChart(hostIds: string[]) {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const took = { chart: [] as number[], bare: [] as number[] };
  let cpu = 0;
  const level = LEVELS.at(-1)!;
  await database.onOneConnection(async (db) => {
    const pid = await pidOf(db);
    for (let round = 0; round < ROUNDS; round++) {
      const hostId = hostIds[round % hostIds.length]!;
      const [own, its] = [process.cpuUsage(), cpuSeconds(pid)];
      const start = performance.now();
      const asked = { hostId, metrics: null, from: END - DAYS * DAY, to: END };
      const series = await readBuckets(db, asked, { level, width: 7200 });
      if (series.length < FIGURES - 1) throw new Error(`a chart has ${series.length} series`);
      took.chart.push(performance.now() - start);
      const { user, system } = process.cpuUsage(own);
      cpu += (user + system) / 1e3 + (cpuSeconds(pid) - its) * 1e3;
      const bare = performance.now();
      await client.query('select id, fqdn from host where id = $1', [hostId]);
      took.bare.push(performance.now() - bare);
    }
  });
  await client.end();
  return { chart: percentiles(took.chart), cpuMs: rounded(cpu / ROUNDS), bare: percentiles(took.bare) };
}

/** By a filter that finds them all, on one connection, whose processor time is known. */
async function measureAcross() {
  return database.onOneConnection(async (db) => {
    const pid = await pidOf(db);
    const ctx = { db, config: loadConfig([], {}), ...SERVER_ITSELF } as SignedIn;
    const span = { from: new Date((END - DAY) * 1000).toISOString(), to: new Date(END * 1000).toISOString() };
    const found: Record<string, unknown> = {};
    for (const aggregate of ['avg', 'p95', 'max'] as const) {
      const asked = { ...span, step: 'auto' as const, metrics: ['cpu'], aggregate, waiting: true };
      const took: number[] = [];
      let said = '';
      const [own, its] = [process.cpuUsage(), cpuSeconds(pid)];
      for (let round = 0; round < ROUNDS / 3; round++) {
        const start = performance.now();
        const { step, series } = await queryMetrics(ctx, { ...asked, filter: 'name starts with "host-"' });
        took.push(performance.now() - start);
        const most = Math.max(...series[0]!.points.map(({ hosts }) => hosts));
        said = `${most} hosts, ${series[0]!.points.length} points of ${step}`;
      }
      const { user, system } = process.cpuUsage(own);
      const cpuMs = ((user + system) / 1e3 + (cpuSeconds(pid) - its) * 1e3) / took.length;
      found[`${aggregate}: ${said}`] = { ...percentiles(took), cpuMs: rounded(cpuMs) };
    }
    return found;
  });
}

async function pidOf(db: Database): Promise<number> {
  const { rows } = await db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  return rows[0]!.pid;
}

function rounded(figure: number): number {
  return Number(figure.toFixed(4));
}
