import { type SQL, sql } from 'drizzle-orm';
import { DISKS_AFTER, PER_DISK } from './metrics';
import type { Partitioned } from './partitions';

/** A level, in seconds: how long a bucket is, and the period that one row has the buckets of. */
export interface Level {
  table: Exclude<Partitioned, 'metric_sample'>;
  /** As the API calls it. */
  name: '1m' | '10m' | '1h';
  step: number;
  period: number;
}

/** Each is made from the one before it, the first from samples. */
export const LEVELS: readonly Level[] = [
  { table: 'metric_1m', name: '1m', step: 60, period: 3600 },
  // Of a day's ten minutes most are packed on that day: else a day of a thousand hosts would be read as minutes.
  { table: 'metric_10m', name: '10m', step: 600, period: 4 * 3600 },
  { table: 'metric_1h', name: '1h', step: 3600, period: 86_400 },
];

/** @param seconds since 1970 */
export const instant = (seconds: number) => sql`to_timestamp(${seconds}::float8)`;

/**
 * A figure of double precision in single. What that has no number for so near to zero would fail the statement, which
 * is one for all hosts.
 */
export const inSingle = (figure: SQL) =>
  sql`(case when abs(${figure}) < '1e-37'::float8 then 0 else ${figure} end)::real`;

/**
 * Every figure of the samples `s`, a row each: host_id, the place of its metric, label, at, value.
 * @param where which samples
 */
export const figuresOf = (where: SQL) => sql`
  select s.host_id, f.metric::smallint as metric, '' as label, s.at, f.value
  from metric_sample s, unnest(s.figures) with ordinality f(value, metric)
  where ${where} and f.value is not null
  union all
  select s.host_id, (${DISKS_AFTER}::int + 1 + (d.n - 1) % ${PER_DISK}::int)::smallint,
    s.mounts[(d.n - 1) / ${PER_DISK}::int + 1], s.at, d.value
  from metric_sample s, unnest(s.disks) with ordinality d(value, n)
  where ${where} and d.value is not null`;

/**
 * The buckets of a level's row `p`, each with its place in the row, as `v`. Where each was one figure all along, the
 * row has its average alone; where all are of as many samples, it says once of how many.
 */
export const bucketsOfRow = sql`lateral (
    select u.n, u.average, coalesce(u.lowest, u.average) as lowest, coalesce(u.highest, u.average) as highest,
      coalesce(u.count, p.counts[1]) as count
    from unnest(p.lowest, p.average, p.highest, p.counts) with ordinality u(lowest, average, highest, count, n)
  ) v`;

/**
 * Every bucket of a level's rows `p`: series_id, when it begins, lowest, average, highest, and the count of samples.
 * @param where which rows
 */
export const bucketsOf = ({ table, step }: Level, where: SQL) => sql`
  select p.series_id, p.start + make_interval(secs => coalesce(p.buckets[v.n], v.n - 1) * ${step}::int) as at,
    v.lowest, v.average, v.highest, v.count
  from ${sql.identifier(table)} p, ${bucketsOfRow}
  where ${where}`;
