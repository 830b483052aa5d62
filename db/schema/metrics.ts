import { integer, pgTable, primaryKey, real, smallint, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';
import { hosts } from './hosts';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/**
 * What machines measured, as it came. Partitioned by `at`, in the schema `metric`: see server/metrics/partitions.ts.
 * Without a reference to the host, whose deletion would otherwise delete row by row: what is left of it goes with its
 * partition.
 */
export const metricSamples = pgTable(
  'metric_sample',
  {
    hostId: uuid('host_id').notNull(),
    at: instant('at').notNull(),
    /** By position: see `METRICS` of server/metrics/metrics.ts. Null where it was not told. */
    figures: real().array().notNull(),
    mounts: text().array().notNull(),
    /** As many as `DISK_METRICS` for each of the mounts, one mount after the other. */
    disks: real().array().notNull(),
  },
  (sample) => [primaryKey({ name: 'metric_sample_pk', columns: [sample.hostId, sample.at] })],
);

/** One figure of one host: what the levels name by a number. */
export const metricSeries = pgTable(
  'metric_series',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    hostId: uuid('host_id')
      .notNull()
      .references(() => hosts.id, { onDelete: 'cascade' }),
    /** Its place in `METRICS` or `DISK_METRICS`. */
    metric: smallint().notNull(),
    /** The mount of a disk; empty for what a host has once. */
    label: text().notNull().default(''),
  },
  (series) => [unique('metric_series_unique').on(series.hostId, series.metric, series.label)],
);

/**
 * A level: one row a series and period, with its buckets in arrays. An index entry and the head of a row are as long
 * as eight buckets. Partitioned by `start`, as samples are.
 */
const level = (name: string) =>
  pgTable(
    name,
    {
      seriesId: integer('series_id').notNull(),
      /** Of the period. */
      start: instant('start').notNull(),
      /** Which buckets of the period have figures; null for all of them. */
      buckets: smallint().array(),
      // By the position of the bucket in `buckets`. Empty where each bucket is of one figure: its average.
      lowest: real().array().notNull(),
      average: real().array().notNull(),
      highest: real().array().notNull(),
      /** Of samples; one where that is the count of all of them. */
      counts: smallint().array().notNull(),
    },
    (row) => [primaryKey({ name: `${name}_pk`, columns: [row.seriesId, row.start] })],
  );

export const metricMinutes = level('metric_1m');
export const metricTenMinutes = level('metric_10m');
export const metricHours = level('metric_1h');

/** How far each level has been made. Whoever makes the next period of it holds its row. */
export const metricLevels = pgTable('metric_level', {
  /** Seconds of a bucket: 60, 600 or 3600. */
  step: integer().primaryKey(),
  until: instant('until').notNull(),
});
