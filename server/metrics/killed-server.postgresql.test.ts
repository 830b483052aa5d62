/** Servers as they are shipped, killed (SIGKILL) with samples on their way, and in the middle of making a level. */
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { enrolledHost, HELLO, openAgentClient } from '../agents/testing';
import { seedHosts } from '../hosts/testing';
import { spawnServer } from '../process/testing-server';
import { administratorOf, testServices } from '../testing';
import { LEVELS } from './levels';
import { PLACES } from './metrics';
import { makePartition, listPartitions } from './partitions';
import { readBuckets } from './read-series';
import { rollUp } from './roll-up';
import { near, recompute, sampleWith } from './testing';

const HOUR = 3600;
const DAY = 24 * HOUR;
const PATIENCE = { timeout: 60_000, interval: 50 };

/** Between two heartbeats. */
const PACE_MS = 200;
/** What may be lost: of a second, and of the commit that was under way, which takes long on a busy machine. */
const LOST_MS = 1000 + 1500;

let services: Awaited<ReturnType<typeof testServices>>;
beforeEach(async () => {
  services = await testServices();
});

async function startServer() {
  const server = await spawnServer(services.config.data_dir, { DATABASE_URL: services.url! });
  onTestFinished(() => server.end('SIGKILL'));
  return server;
}

test('samples that came more than a second before are kept, each once, and so are their levels', async () => {
  const { hostId, shown } = await enrolledHost(services, await administratorOf(services));
  /** Their numbers are in them, as uptime. */
  const uptime = sql`figures[${PLACES.get('uptime')!}::int]::int`;
  const stored = async () => {
    const { rows } = await services.db.execute<{ n: number }>(sql`
      select ${uptime} as n from metric_sample where host_id = ${hostId} order by n`);
    return rows.map(({ n }) => n);
  };
  let last = 0;
  for (const more of [0, 5, 20]) {
    const server = await startServer();
    const { agents } = openAgentClient(services, server.agentsPort, shown);
    await agents.hello.mutate(HELLO);
    const [before, answered] = [last, new Map<number, number>()];
    const beat = async () => {
      await agents.heartbeat.mutate(sampleWith({ uptimeSeconds: ++last }));
      answered.set(last, Date.now());
      await pause(PACE_MS);
    };
    // Until one is committed, and others are not yet.
    while ((await stored()).every((n) => n <= before)) await beat();
    for (let i = 0; i < more; i++) await beat();
    const killedAt = Date.now();
    await server.end('SIGKILL');
    const due = [...answered].filter(([, at]) => at < killedAt - LOST_MS).map(([n]) => n);
    expect(await stored()).toEqual(expect.arrayContaining(due));
  }
  const kept = await stored();
  expect(new Set(kept).size).toBe(kept.length);

  const { rows } = await services.db.execute<{ at: number; n: number }>(sql`
    select date_part('epoch', at)::float8 as at, ${uptime} as n from metric_sample where host_id = ${hostId}`);
  await rollUp(services.db, { now: Date.now() + 2 * DAY * 1000 });
  const [from, to] = [Date.now() / 1000 - HOUR, Date.now() / 1000];
  for (const level of LEVELS) {
    const [series] = await readBuckets(
      services.db,
      { hostId, metrics: ['uptime'], from, to },
      { level, width: level.step },
    );
    expect(series!.points).toEqual(
      near(
        recompute(
          rows.map(({ at, n }) => [at, n]),
          level.step,
        ),
      ),
    );
  }
}, 240_000);

test('a level that it was making is made by the next one, whole and once', async () => {
  const start = Math.floor(Date.now() / 1000 / HOUR) * HOUR - 5 * HOUR;
  const hours = 3;
  const hostIds = await seedHosts(
    services.db,
    Array.from({ length: 5 }, (_, n) => ({ keyFingerprint: `key ${n}`, fqdn: `host-${n}` })),
  );
  const samples = Array.from({ length: hours * 60 }, (_, i): [number, number] => [
    start + i * 60,
    ((i * 37) % 800) / 8,
  ]);
  for (const hostId of hostIds)
    for (const [at, cpuPercent] of samples)
      services.keptSamples.keep(hostId, sampleWith({ at: new Date(at * 1000).toISOString(), cpuPercent }));
  await services.keptSamples.flush();
  for (const at of [start, start + hours * HOUR - 1]) await makePartition(services.db, 'metric_1m', at);

  const holder = new pg.Client({ connectionString: services.url });
  await holder.connect();
  onTestFinished(() => holder.end());
  const isHeldUp = async () => {
    const { rows } = await services.db.execute<{ n: number }>(sql`
      select count(*)::int as n from pg_locks
      where not granted and database = (select oid from pg_database where datname = current_database())`);
    return rows[0]!.n > 0;
  };
  const madeHours = async () => {
    const { rows } = await services.db.execute<{ until: number }>(sql`
      select date_part('epoch', until)::float8 as until from metric_level where step = 60`);
    return rows[0] ? (rows[0].until - start) / HOUR : 0;
  };

  /** Kills one that is held up by a lock, and lets go of it. Nothing of the hour that it was making is there. */
  const killHeldUp = async (hold: string, letGo: string) => {
    await holder.query(hold);
    const server = await startServer();
    await expect.poll(isHeldUp, PATIENCE).toBe(true);
    await server.end('SIGKILL');
    await holder.query(letGo);
    // PostgreSQL finds out that nobody is there when it has something to answer.
    await expect.poll(isHeldUp, PATIENCE).toBe(false);
    expect(await madeHours()).toBe(0);
  };
  const partitions = (await listPartitions(services.db, 'metric_1m')).map((at) => `metric.metric_1m_${at}`);
  // Its series are there, and none of its buckets.
  await killHeldUp(`begin; lock table ${partitions.join()} in share mode`, 'commit');
  // All is there but the mark.
  await services.db.execute(sql`
    create function hold_up() returns trigger language plpgsql as
      'begin perform pg_advisory_xact_lock(59); return new; end'`);
  await services.db.execute(sql`
    create trigger hold_up before update on metric_level for each row execute function hold_up()`);
  await killHeldUp('select pg_advisory_lock(59)', 'select pg_advisory_unlock(59)');
  await services.db.execute(sql`drop function hold_up cascade`);
  // At any moment after the first hour was made.
  const server = await startServer();
  await expect.poll(madeHours, PATIENCE).toBeGreaterThan(0);
  await server.end('SIGKILL');

  await startServer();
  await expect.poll(madeHours, PATIENCE).toBeGreaterThanOrEqual(hours);
  const span = { from: start, to: start + hours * HOUR };
  for (const hostId of hostIds) {
    const level = LEVELS[0]!;
    const [cpu] = await readBuckets(services.db, { hostId, metrics: ['cpu'], ...span }, { level, width: level.step });
    expect(cpu!.points).toEqual(near(recompute(samples, level.step)));
  }
  const { rows } = await services.db.execute(sql`
    select count(*)::int as rows, count(distinct series_id)::int as series from metric_1m
    where start < to_timestamp(${span.to}::float8)`);
  const series = 5 * hostIds.length;
  expect(rows).toEqual([{ rows: series * hours, series }]);
}, 240_000);
