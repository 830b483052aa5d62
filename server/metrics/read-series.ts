import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { AppError } from '../errors';
import { bucketsOfRow, figuresOf, inSingle, instant, type Level, LEVELS } from './levels';
import { nameOf, PLACES } from './metrics';

/** What is asked of a host. */
export interface Asked {
  hostId: string;
  /** `cpu`, `disk.used` of every disk, `disk.used:/var` of one; null for all there are. */
  metrics: readonly string[] | null;
  /** Seconds since 1970. */
  from: number;
  to: number;
}

/** One figure of a host. */
export interface Series<Point> {
  metric: string;
  points: Point[];
}

/** In one answer, of all series together. */
export const MOST_POINTS = 100_000;

export interface Bucket {
  /** Seconds since 1970. */
  at: number;
  min: number;
  avg: number;
  max: number;
  /** Of samples. */
  count: number;
}

/**
 * Each series in buckets of `width` seconds, without those in which nothing was measured. They are read from `level` as
 * far as it is made, and beyond that from what it is made of: what was measured a second ago is in it.
 * @param width a multiple of the level's step; buckets begin at multiples of it since 1970
 * @throws `metrics.too_many_points`
 */
export async function readBuckets(
  db: Database,
  { from, to, ...asked }: Asked,
  { level, width }: { level: Level; width: number },
): Promise<Series<Bucket>[]> {
  const finer = LEVELS.slice(0, LEVELS.indexOf(level) + 1);
  const since = await sinceMade(db);
  const start = Math.floor(from / width) * width;
  // Buckets are whole numbers from there: of a year there are too many to be moments before they are few.
  const ofLevels = finer.map((one, i) => {
    const rows = madeRows({ from, to }, { level: one, coarser: finer[i + 1], since });
    const place = sql`(p.first + coalesce(p.buckets[v.n], v.n - 1))::int`;
    const [first, end] = [from, to].map((at) => Math.ceil((at - start) / one.step));
    return sql`
      select w.metric, w.label, ${place} / ${width / one.step}::int as bucket, v.lowest, v.average, v.highest, v.count
      from (
        select p.*, ((date_part('epoch', p.start) - ${start}::float8) / ${one.step}::int)::int as first
        from ${sql.identifier(one.table)} p where ${rows} offset 0
      ) p join wanted w on w.id = p.series_id, ${bucketsOfRow}
      where ${place} between ${first}::int and ${end! - 1}::int`;
  });
  const samples = sql`s.host_id = ${asked.hostId} and s.at >= ${instant(from)} and s.at < ${instant(to)}
    and ${since(sql`s.at`, finer[0]!)}`;
  const ofSamples = sql`
    select f.metric, f.label, floor((date_part('epoch', f.at) - ${start}::float8) / ${width}::int)::int,
      f.value, f.value::float8, f.value, 1
    from (${figuresOf(samples)}) f where ${isWanted(asked)}`;
  const series = await readPoints<[number, number, number, number, number]>(
    db,
    sql`
    with wanted as (select f.id, f.metric, f.label from metric_series f where f.host_id = ${asked.hostId} and ${isWanted(asked)})
    select metric, label, bucket as at, min(lowest) as lowest, ${inSingle(sql`sum(average * count) / sum(count)`)} as average,
      max(highest) as highest, sum(count) as count
    from (
      select metric, label collate "C" as label, bucket, lowest, average, highest, count
      from (${sql.join([...ofLevels, ofSamples], sql` union all `)}) b
    ) b
    group by bucket, metric, label`,
    ['lowest', 'average', 'highest', 'count'],
  );
  return series.map(({ metric, points }) => ({
    metric,
    points: points.map(([bucket, min, avg, max, count]) => ({ at: start + bucket * width, min, avg, max, count })),
  }));
}

const madeUntil = ({ step }: Level) =>
  sql`(select coalesce(max(until), '-infinity') from metric_level where step = ${step})`;

/** That something begins where a level is not made yet. */
type Since = (start: SQL, made: Level) => SQL;

/** As it is when the query is made, however far a level is made on the way to it. */
export async function sinceMade(db: Database): Promise<Since> {
  // A level only goes on: what it was a moment ago bounds what it is now. Said as a constant, it spares the planner the
  // partitions before it, of which there are hundreds.
  const { rows } = await db.execute<{ step: number; until: number }>(sql`
    select step, extract(epoch from until)::float8 as until from metric_level`);
  const before = new Map(rows.map(({ step, until }) => [step, until]));
  return (start, made) => {
    const known = before.get(made.step);
    return sql`${start} >= ${madeUntil(made)} ${known === undefined ? sql`` : sql`and ${start} >= ${instant(known)}`}`;
  };
}

/** The rows `p` of a level that have something `wanted` of this span, as far as no coarser level has it. */
export function madeRows(
  { from, to }: Pick<Asked, 'from' | 'to'>,
  { level, coarser, since }: { level: Level; coarser: Level | undefined; since: Since },
): SQL {
  const rows = sql`p.series_id in (select id from wanted) and p.start > ${instant(from - level.period)}
    and p.start < ${instant(to)} and p.start < ${madeUntil(level)}`;
  return coarser ? sql`${rows} and ${since(sql`p.start`, coarser)}` : rows;
}

/**
 * Each series as it was measured, as moments in Unix milliseconds and figures. @throws `metrics.too_many_points`
 */
export const readSamples = (db: Database, { from, to, ...asked }: Asked): Promise<Series<[number, number]>[]> =>
  readPoints(
    db,
    sql`
    select f.metric, f.label, floor(extract(epoch from f.at) * 1000) as at, f.value
    from (${figuresOf(sql`s.host_id = ${asked.hostId} and s.at >= ${instant(from)} and s.at < ${instant(to)}`)}) f
    where ${isWanted(asked)}`,
    ['value'],
  );

/**
 * They are put in order here: the database would compare the label of each point with those of others to sort them.
 * @param points rows of metric, label, at, which is a number, and figures by these names
 */
export async function readPoints<Point extends [at: number, ...number[]]>(
  db: Database,
  points: SQL,
  figures: readonly string[],
): Promise<Series<Point>[]> {
  const columns = ['at', ...figures].map((name) => sql`array_to_json(array_agg(${sql.identifier(name)}))`);
  const { rows } = await db.execute<{ metric: number; label: string; columns: number[][] }>(sql`
    select metric, label, json_build_array(${sql.join(columns, sql`, `)}) as columns
    from (${points} limit ${MOST_POINTS + 1}) p
    group by metric, label order by metric, label`);
  if (rows.reduce((sum, { columns }) => sum + columns[0]!.length, 0) > MOST_POINTS)
    throw new AppError('metrics.too_many_points');
  return rows.flatMap(({ columns, ...series }) => {
    const metric = nameOf(series);
    const points = columns[0]!.map((_, i) => columns.map((column) => column[i]!) as Point);
    points.sort(([a], [b]) => a - b);
    return metric === undefined ? [] : [{ metric, points }];
  });
}

/** Of `f`, which has a metric and a label. */
export function isWanted({ metrics }: Pick<Asked, 'metrics'>): SQL {
  if (metrics === null) return sql`true`;
  const each = metrics.map((name) => {
    const [, metric, label] = /^([^:]*)(?::(.*))?$/s.exec(name)!;
    const place = sql`f.metric = ${PLACES.get(metric!) ?? 0}::smallint`;
    return label === undefined ? place : sql`(${place} and f.label = ${label})`;
  });
  return sql`(${sql.join([sql`false`, ...each], sql` or `)})`;
}
