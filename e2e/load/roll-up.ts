/**
 * The first level of one hour of a whole fleet, made in one go, as each server makes it once an hour.
 * `node --import tsx e2e/load/roll-up.ts [HOSTS]` prints JSON; Linux only. The database is a PostgreSQL of its own,
 * with its settings as they come. 10,000 hosts are 1.2 million samples of 25 figures.
 *
 * `seconds`: on the clock. `cpuSeconds`: of processor time of its connection; `percent`: of a core, had it an hour for
 * it. `spilledMiB`: what it wrote into files because it did not fit into memory. `memoryMiB`: most of its memory.
 * `first` has to name all series, `next` finds them. `rows`: of the level, one a series.
 */
import { readFileSync } from 'node:fs';
import { sql } from 'drizzle-orm';
/* eslint-disable @typescript-eslint/no-restricted-imports -- what is measured, without the server around it */
import { seedHosts } from '../../server/hosts/testing';
import { rollUp } from '../../server/metrics/roll-up';
/* eslint-enable @typescript-eslint/no-restricted-imports */
import type { Database } from '../../db/client';
import { openDatabase } from '../../db/open-database';
import { migrateUp } from '../../db/migrate';
import { startTestPostgresql } from '../../db/testing-postgresql';
import { cpuSeconds } from './measure/cpu-time';
import { describeMachine } from './measure/describe-machine';
import { makeSamples } from './servers/make-samples';

const HOSTS = Number(process.argv[2] ?? 10_000);
const HOUR = 3600;
const GRACE = 600;
/** Hosts a statement. */
const PART = 500;
/** Seconds since 1970. Not the last hour of four, which would have the next level made as well. */
const START = Math.floor(Date.now() / 1000 / (4 * HOUR)) * 4 * HOUR - 8 * HOUR;

const postgres = await startTestPostgresql();
const database = await openDatabase({ url: postgres.url, directory: '' });
try {
  await migrateUp(database);
  const { db } = database;
  const ids: string[] = [];
  for (let from = 0; from < HOSTS; from += PART)
    ids.push(
      ...(await seedHosts(
        db,
        Array.from({ length: Math.min(PART, HOSTS - from) }, (_, i) => {
          return { keyFingerprint: `key ${from + i}`, fqdn: `host-${from + i}.example.com` };
        }),
      )),
    );
  for (let from = 0; from < HOSTS; from += PART)
    await makeSamples(db, ids.slice(from, from + PART), { from: START, to: START + 2 * HOUR });
  const first = await database.onOneConnection((one) => measureHour(one, START));
  const next = await database.onOneConnection((one) => measureHour(one, START + HOUR));
  console.log(JSON.stringify({ benchmark: 'roll-up', machine: describeMachine(), hosts: HOSTS, first, next }, null, 2));
} finally {
  await database.close();
  await postgres.stop();
}

async function measureHour(db: Database, hour: number) {
  const { rows: found } = await db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  const { pid } = found[0]!;
  const [cpu, spilled, start] = [cpuSeconds(pid), await spilledBytes(db), performance.now()];
  const made = await rollUp(db, { now: (hour + HOUR + GRACE) * 1000 });
  if (made !== 1) throw new Error(`${made} periods were made`);
  const [seconds, used] = [(performance.now() - start) / 1000, cpuSeconds(pid) - cpu];
  const { rows } = await db.execute<{ rows: number }>(sql`
    select count(*)::int as rows from metric_1m where start = to_timestamp(${hour}::float8)`);
  return {
    seconds: rounded(seconds),
    cpuSeconds: rounded(used),
    percent: rounded((used / HOUR) * 100),
    spilledMiB: Math.round(((await spilledBytes(db)) - spilled) / 2 ** 20),
    memoryMiB: Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024),
    ...rows[0]!,
  };
}

async function spilledBytes(db: Database): Promise<number> {
  await db.execute(sql`select pg_stat_force_next_flush()`);
  const { rows } = await db.execute<{ bytes: number }>(sql`
    select temp_bytes::float8 as bytes from pg_stat_database where datname = current_database()`);
  return rows[0]!.bytes;
}

function rounded(figure: number): number {
  return Number(figure.toFixed(2));
}
