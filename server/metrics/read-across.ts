import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client';
import { bucketsOf, instant, type Level, LEVELS } from './levels';
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
    const buckets = bucketsOf(one, madeRows({ from, to }, { level: one, coarser: finer[i + 1], since }));
    return sql`
      select w.metric, w.label, w.host, b.at, b.lowest, b.average, b.highest, b.count
      from (${buckets}) b join wanted w on w.id = b.series_id`;
  });
  const samples = sql`s.at >= ${instant(from)} and s.at < ${instant(to)}
    ${level ? sql`and ${since(sql`s.at`, finer[0]!)}` : sql``}`;
  const all = sql.join([...ofLevels, ...ofSamples(metrics, samples)], sql` union all `);
  const series = await readPoints<[number, number, number, number, number, number, number]>(
    db,
    sql`
    with asked as materialized (
      select id, n::int as host from unnest(${sql.param(hostIds)}::uuid[]) with ordinality a(id, n)
    ), wanted as materialized (
      select f.id, f.metric, f.label, a.host from asked a join metric_series f on f.host_id = a.id
      where ${isWanted({ metrics })}
    )
    select metric, label, bucket as at, json_build_array(bucket, ${VALUES[aggregate]},
        min(lowest), avg(average), max(highest), sum(count), count(*)) as point
    from (
      select metric, label, host, bucket, min(lowest) as lowest,
        sum(average::float8 * count) / sum(count) as average, max(highest) as highest, sum(count) as count
      from (
        select metric, label, host, lowest, average, highest, count,
          floor((date_part('epoch', at) - ${from}::float8) / ${width}::float8)::int as bucket
        from (${all}) b
        where at >= ${instant(from)} and at < ${instant(to)}
      ) b
      group by 1, 2, 3, 4
    ) b
    group by 1, 2, 3`,
  );
  return series.map(({ metric, points }) => ({
    metric,
    points: points.map(([bucket, value, min, avg, max, count, hosts]) => {
      return { bucket, value, min, avg, max, count, hosts };
    }),
  }));
}

const VALUE = sql`f.value as lowest, f.value as average, f.value as highest, 1 as count`;

/**
 * The figures of the samples of who is `asked`, by their places: to take each sample apart would be twenty times the
 * work.
 */
function ofSamples(metrics: readonly string[], where: SQL): SQL[] {
  const places = [...new Set(metrics.map((name) => PLACES.get(name.split(':')[0]!)!))];
  const ofHosts = places.filter((place) => place <= DISKS_AFTER);
  const from = sql`from asked a join metric_sample s on s.host_id = a.id`;
  const found: SQL[] = [];
  if (ofHosts.length > 0) {
    const values = ofHosts.map((place) => sql`(${place}::smallint, s.figures[${place}::int])`);
    found.push(sql`
      select f.metric, '' as label, a.host, s.at, ${VALUE}
      ${from}, lateral (values ${sql.join(values, sql`, `)}) f(metric, value)
      where ${where} and f.value is not null`);
  }
  if (ofHosts.length < places.length)
    found.push(sql`
      select f.metric, f.label, f.host, f.at, ${VALUE}
      from (
        select (${DISKS_AFTER}::int + 1 + (d.n - 1) % ${PER_DISK}::int)::smallint as metric,
          s.mounts[(d.n - 1) / ${PER_DISK}::int + 1] as label, a.host, s.at, d.value
        ${from}, unnest(s.disks) with ordinality d(value, n)
        where ${where} and d.value is not null
      ) f where ${isWanted({ metrics })}`);
  return found;
}
