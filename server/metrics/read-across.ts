import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { bucketsOfRow, instant, type Level, LEVELS } from './levels';
import { DISKS_AFTER, PER_DISK, PLACES } from './metrics';
import { isWanted, madeRows, readPoints, type Series, sinceMade } from './read-series';

/** What is asked of hosts together. */
interface AskedAcross {
  hostIds: readonly string[];
  /** As of one host: `cpu`, `disk.used` of every disk, `disk.used:/var` of one. */
  metrics: readonly string[];
  /** Seconds since 1970; `from` is where the first bucket begins. */
  from: number;
  to: number;
}

export const AGGREGATES = ['avg', 'p95', 'max', 'min'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export interface AcrossBucket {
  /** From 0. */
  bucket: number;
  value: number;
  min: number;
  avg: number;
  max: number;
  /** Of samples. */
  count: number;
  hosts: number;
}

/** Of what each host had in a bucket: its lowest, its average, its highest. */
const VALUES: Record<Aggregate, SQL> = {
  avg: sql`avg(average)`,
  p95: sql`percentile_cont(0.95) within group (order by average)`,
  max: sql`max(highest)`,
  min: sql`min(lowest)`,
};

/**
 * Each figure of many hosts as one series of buckets of `width` seconds, without those in which none was measured. A
 * host counts once in a bucket, with its average there, however often it measures. Read as `readBuckets` does: from the
 * level as far as it is made, and beyond that from what it is made of.
 * @param level undefined for the samples alone
 * @throws `metrics.too_many_points`
 */
export async function readAcross(
  db: Database,
  { hostIds, metrics, from, to }: AskedAcross,
  { level, width, aggregate }: { level: Level | undefined; width: number; aggregate: Aggregate },
): Promise<Series<AcrossBucket>[]> {
  const finer = level ? LEVELS.slice(0, LEVELS.indexOf(level) + 1) : [];
  const since = await sinceMade(db);
  const ofLevels = finer.map((one, i) => {
    const rows = madeRows({ from, to }, { level: one, coarser: finer[i + 1], since });
    // In whole numbers, and what is the same for a row is reckoned once: of moments each is an allocation.
    const place = sql`p.first + coalesce(p.buckets[v.n], v.n::int - 1)`;
    return sql`
      select w.metric, w.label, b.*
      from (
        select p.*, ((date_part('epoch', p.start) - ${from}::float8) / ${one.step}::int)::int as first
        from ${sql.identifier(one.table)} p where ${rows} offset 0
      ) p join wanted w on w.id = p.series_id cross join lateral (${inBuckets({
        bucket: sql`(${place}) / ${width / one.step}::int`,
        of: sql`${bucketsOfRow}
          where ${place} between 0 and ${Math.round((to - from) / one.step) - 1}::int`,
        isGrouped: one.step < width,
      })}) b`;
  });
  const samples = sql`s.at >= ${instant(from)} and s.at < ${instant(to)}
    ${level ? sql`and ${since(sql`s.at`, finer[0]!)}` : sql``}`;
  const bucket = sql`floor((date_part('epoch', s.at) - ${from}::float8) / ${width}::float8)::int`;
  const all = sql.join([...ofLevels, ...ofSamples(metrics, { where: samples, bucket })], sql` union all `);
  const series = await readPoints<[number, number, number, number, number, number, number]>(
    db,
    sql`
    with asked as materialized (
      select id from unnest(${sql.param(hostIds)}::uuid[]) a(id)
    ), wanted as materialized (
      select f.id, f.metric, f.label from asked a join metric_series f on f.host_id = a.id
      where ${isWanted({ metrics })}
    )
    select metric, label, bucket as at, ${VALUES[aggregate]} as value,
      min(lowest) as lowest, avg(average) as average, max(highest) as highest, sum(count) as count, count(*) as hosts
    from (select bucket, metric, label collate "C" as label, lowest, average, highest, count from (${all}) b) b
    group by bucket, metric, label`,
    ['value', 'lowest', 'average', 'highest', 'count', 'hosts'],
  );
  return series.map(({ metric, points }) => ({
    metric,
    points: points.map(([bucket, value, min, avg, max, count, hosts]) => {
      return { bucket, value, min, avg, max, count, hosts };
    }),
  }));
}

interface InBuckets {
  bucket: SQL;
  /** What has lowest, average, highest and count, as `v`. */
  of: SQL;
  /** Several of them in a bucket. */
  isGrouped: boolean;
}

/**
 * What one host had in each bucket. A bucket is no longer than an hour, and levels are made by hours and more: what is
 * in it comes from one row of one level, or from samples.
 */
const inBuckets = ({ bucket, of, isGrouped }: InBuckets): SQL =>
  isGrouped
    ? sql`select ${bucket} as bucket, min(v.lowest) as lowest, sum(v.average::float8 * v.count) / sum(v.count) as average,
        max(v.highest) as highest, sum(v.count) as count from ${of} group by 1`
    : sql`select ${bucket} as bucket, v.lowest, v.average::float8, v.highest, v.count from ${of}`;

/**
 * The figures of the samples of each who is `asked`, by their places: to take whole samples apart would be twenty times
 * the work.
 */
function ofSamples(metrics: readonly string[], { where, bucket }: { where: SQL; bucket: SQL }): SQL[] {
  const places = [...new Set(metrics.map((name) => PLACES.get(name.split(':')[0]!)!))];
  const ofHost = places
    .filter((place) => place <= DISKS_AFTER)
    .map((place) => {
      const of = sql`metric_sample s cross join lateral (
          select s.figures[${place}::int] as lowest, s.figures[${place}::int] as average,
            s.figures[${place}::int] as highest, 1 as count
        ) v
        where s.host_id = a.id and ${where} and v.average is not null`;
      return sql`
        select ${place}::smallint as metric, '' as label, b.* from asked a cross join lateral (${inBuckets({ bucket, of, isGrouped: true })}) b`;
    });
  if (ofHost.length === places.length) return ofHost;
  const value = sql`f.value as lowest, f.value as average, f.value as highest, 1 as count`;
  return [
    ...ofHost,
    sql`
      select b.metric, b.label, b.bucket, b.lowest, b.average, b.highest, b.count
      from asked a cross join lateral (
        select v.metric, v.label, ${bucket} as bucket, min(v.lowest) as lowest, avg(v.average::float8) as average,
          max(v.highest) as highest, count(*) as count
        from metric_sample s cross join lateral (
          select f.metric, f.label, ${value} from (
            select (${DISKS_AFTER}::int + 1 + (d.n - 1) % ${PER_DISK}::int)::smallint as metric,
              s.mounts[(d.n - 1) / ${PER_DISK}::int + 1] as label, d.value
            from unnest(s.disks) with ordinality d(value, n)
          ) f where f.value is not null and ${isWanted({ metrics })}
        ) v
        where s.host_id = a.id and ${where}
        group by 1, 2, 3
      ) b`,
  ];
}
