import { type SQL, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../../db/client';
import type { Log } from '../log';
import { bucketsOf, figuresOf, inSingle, instant, type Level, LEVELS } from './levels';
import { makePartition } from './partitions';

/** So long after its end a period of samples is closed: those that came last are in the database by then. */
const GRACE_SECONDS = 120;

/** By so much the clocks of processes differ that make levels together. */
const AHEAD_SECONDS = 600;

/**
 * Of one host. A machine of 64 disks has 277; one that says another mount with each sample is not to fill the database.
 */
const MOST_SERIES = 2000;

/** A mount that was not told for so long makes room for another one, where a host has too many. */
const GONE_SECONDS = 86_400;

/** Hosts that a line in the log names. */
const MOST_NAMED = 10;

/**
 * Makes every period of every level that has ended by `now` and is not made yet, oldest first. Each is a transaction
 * that also says that it is made: however often a process is killed, a period is made whole and once. Of several
 * processes one makes it; the others find its row taken and go on. Returns how many were made.
 */
export async function rollUp(
  db: Database,
  { now = Date.now(), signal, log }: { now?: number; signal?: AbortSignal; log?: Log } = {},
): Promise<number> {
  let made = 0;
  for (const [i, level] of LEVELS.entries()) {
    await beginLevel(db, level);
    await putBack(db, level, now / 1000);
    while (!signal?.aborted && (await rollUpPeriod(db, level, { source: LEVELS[i - 1], now: now / 1000, log }))) made++;
  }
  return made;
}

/** A level begins with the period of the oldest sample. */
async function beginLevel(db: Database, { step, period }: Level): Promise<void> {
  await db.execute(sql`
    insert into metric_level (step, until)
    select ${step}, date_bin(${`${period} seconds`}::interval, oldest.at, 'epoch')
    from (select min(at) as at from metric_sample) oldest
    where oldest.at is not null and not exists (select from metric_level where step = ${step})
    on conflict do nothing`);
}

/**
 * A mark that is ahead of us was made by a clock that was: nothing would be made until that time comes. What is made
 * once more takes the place of what was made.
 */
async function putBack(db: Database, { step, period }: Level, now: number): Promise<void> {
  await db.execute(sql`
    update metric_level set until = ${instant(Math.floor(now / period) * period)}
    where step = ${step} and until > ${instant(now + AHEAD_SECONDS)}`);
}

interface Making {
  source: Level | undefined;
  /** Seconds since 1970. */
  now: number;
  log: Log | undefined;
}

/** Returns whether there may be a next one. */
async function rollUpPeriod(db: Database, level: Level, { source, now, log }: Making): Promise<boolean> {
  const start = await madeUntil(db, level);
  if (start === null) return false;
  const end = start + level.period;
  const ready = source ? await madeUntil(db, source) : now - GRACE_SECONDS;
  if (ready === null || end > ready) return false;
  // Before the transaction, which may be long: nobody else is to wait for it who makes a partition.
  await makePartition(db, level.table, start);
  return db.transaction(async (tx) => {
    const { rows } = await tx.execute(sql`
      select from metric_level where step = ${level.step} and until = ${instant(start)} for update skip locked`);
    if (rows.length === 0) return false;
    const span = { from: instant(start), to: instant(end) };
    if (source) await packLevel(tx, { level, source, span });
    else await packSamples(tx, { level, span, log });
    await tx.execute(sql`update metric_level set until = ${span.to} where step = ${level.step}`);
    return true;
  });
}

/** Seconds since 1970; null before it begins. */
export async function madeUntil(db: Database, { step }: Level): Promise<number | null> {
  const { rows } = await db.execute<{ until: number }>(sql`
    select extract(epoch from until)::float8 as until from metric_level where step = ${step}`);
  return rows[0]?.until ?? null;
}

interface Span {
  from: SQL;
  to: SQL;
}

interface Packing {
  level: Level;
  span: Span;
  log: Log | undefined;
}

async function packSamples(tx: Transaction, { level, span, log }: Packing): Promise<void> {
  const figures = figuresOf(sql`s.at >= ${span.from} and s.at < ${span.to}`);
  const leftOut = await nameSeries(tx, { level, span, figures });
  if (leftOut.length > 0) {
    // Once an hour, which is a period of the first level.
    const hosts = leftOut.slice(0, MOST_NAMED).map(({ hostId }) => hostId);
    const what = 'hosts tell of more disks than levels have room for: charts of more than two hours lack some';
    log?.warn({ hosts, count: leftOut.length, figures: leftOut.reduce((sum, { count }) => sum + count, 0) }, what);
  }
  const buckets = sql`
    select s.id as series_id, b.bucket, b.lowest, b.average, b.highest, b.count
    from (
      select host_id, metric, label, ${bucketOf(sql`at`, level, span)} as bucket,
        min(value) as lowest, avg(value) as average, max(value) as highest, count(*) as count
      from (${figures}) f group by 1, 2, 3, 4
    ) b
    join metric_series s on (s.host_id, s.metric, s.label) = (b.host_id, b.metric, b.label)`;
  await insertBuckets(tx, { level, span, buckets });
}

/**
 * Gives each new series of these figures a number, as far as its host has room. Returns how many of which host had
 * none.
 */
async function nameSeries(tx: Transaction, { level, span, figures }: Omit<Packing, 'log'> & { figures: SQL }) {
  const isOf = sql`(s.host_id, s.metric, s.label) =`;
  // Only new ones are inserted: each number that is tried for is used up.
  const { rows } = await tx.execute<{ hostId: string; count: number }>(sql`
    with told as materialized (
      select distinct host_id, metric, label from (${figures}) f
    ), unknown as materialized (
      select t.*, row_number() over (partition by t.host_id order by t.metric, t.label) as number
      from told t join host on host.id = t.host_id
      where not exists (select from metric_series s where ${isOf} (t.host_id, t.metric, t.label))
    ), room as materialized (
      select host_id, ${MOST_SERIES}::int - (select count(*) from metric_series s where s.host_id = u.host_id) as "left",
        max(number) as wanted
      from unknown u group by host_id
    ), gone as (
      delete from metric_series where id in (
        select s.id from room cross join lateral (
          select s.id from metric_series s
          where s.host_id = room.host_id and s.label <> ''
            and not exists (select from told t where ${isOf} (t.host_id, t.metric, t.label))
            and not exists (
              select from ${sql.identifier(level.table)} p
              where p.series_id = s.id and p.start >= ${span.from} - make_interval(secs => ${GONE_SECONDS}::int))
          order by s.id limit greatest(0, wanted - "left")
        ) s where wanted > "left"
      ) returning host_id
    ), numbered as (
      select u.*, "left" + (select count(*) from gone where gone.host_id = u.host_id) as most
      from unknown u join room on room.host_id = u.host_id
    ), made as (
      insert into metric_series (host_id, metric, label)
      select host_id, metric, label from numbered where number <= most
      on conflict do nothing
    )
    select host_id as "hostId", count(*)::int as count from numbered where number > most group by host_id`);
  return rows;
}

async function packLevel(tx: Transaction, { level, source, span }: { level: Level; source: Level; span: Span }) {
  const buckets = sql`
    select b.series_id, ${bucketOf(sql`b.at`, level, span)} as bucket, min(b.lowest) as lowest,
      sum(b.average::float8 * b.count) / sum(b.count) as average, max(b.highest) as highest, sum(b.count) as count
    from (${bucketsOf(source, sql`p.start >= ${span.from} and p.start < ${span.to}`)}) b
    group by 1, 2`;
  await insertBuckets(tx, { level, span, buckets });
}

const bucketOf = (at: SQL, { step }: Level, { from }: Span) =>
  sql`floor(extract(epoch from ${at} - ${from}) / ${step}::int)::smallint`;

/** Written anew where it is there already: after a restore, say, of a backup that had it and not that it was made. */
async function insertBuckets(
  tx: Transaction,
  { level, span, buckets }: { level: Level; span: Span; buckets: SQL },
): Promise<void> {
  // What stood still all the time, as sizes do, and what came regularly takes half of the room or less: `bucketsOfRow`.
  const average = inSingle(sql`average`);
  const isSteady = sql`bool_and(lowest = highest and ${average} = lowest::real)`;
  const kept = sql`least(count, 32767)::smallint`;
  await tx.execute(sql`
    insert into ${sql.identifier(level.table)} (series_id, start, buckets, lowest, average, highest, counts)
    select series_id, ${span.from},
      case when count(*) < ${level.period / level.step}::int then array_agg(bucket order by bucket) end,
      case when ${isSteady} then '{}' else array_agg(lowest::real order by bucket) end,
      array_agg(${average} order by bucket),
      case when ${isSteady} then '{}' else array_agg(highest::real order by bucket) end,
      case when min(count) = max(count) then array[min(${kept})] else array_agg(${kept} order by bucket) end
    from (${buckets}) b group by series_id
    on conflict (series_id, start) do update set buckets = excluded.buckets, lowest = excluded.lowest,
      average = excluded.average, highest = excluded.highest, counts = excluded.counts`);
}
