import { and, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { hosts } from '../../db/schema';
import { AppError } from '../errors';
import { hostFilter, hostList } from '../hosts/find-hosts';
import type { Span } from '../dashboard/find-server-off';
import { matching } from '../list/list';
import { textLike } from '../rest/schema';
import type { SignedIn } from '../trpc';
import { explainedGap, explainGaps } from './explain-gaps';
import { chooseLevel, metricNames, metricPoint, metricsQuery, spanOf, step } from './find-metrics';
import { type Level, LEVELS } from './levels';
import { DISKS_AFTER, PLACES } from './metrics';
import { type AcrossBucket, AGGREGATES, readAcross } from './read-across';
import { MOST_POINTS, type Series } from './read-series';
import { demanding } from '../../words/explain-issue';
import { words } from '../../words/words';

const MOST_HOSTS = 5000;
/** By their ids: the address of a request has no room for more. */
const MOST_NAMED = 200;
const MOST_METRICS = 10;
/** Of a host, a metric and a bucket each: so many are read in a second or two. */
const MOST_FIGURES = 2_000_000;
/** What `auto` reads at most where a coarser step is kept, so that an answer comes at once. */
const AUTO_FIGURES = 250_000;
const AUTO_POINTS = 1500;

/** Without the address that hosts asked from: `from` is a time here. */
export const acrossQuery = hostFilter.omit({ from: true }).extend({
  hosts: z
    .string()
    .meta({ examples: ['01890000-0000-7000-8000-000000000000'] })
    .transform((ids) => ids.split(','))
    .pipe(z.array(z.uuid()).max(MOST_NAMED))
    .optional()
    .meta({
      description: 'Ids with commas between them. Those that are not there, or not for the caller, are left out.',
    }),
  from: metricsQuery.shape.from,
  to: metricsQuery.shape.to,
  step: metricsQuery.shape.step.meta({
    description:
      '`auto` is the finest that is kept for so long and answers at once. `raw` is the samples themselves, in steps of the server’s heartbeat.',
  }),
  metrics: metricNames.refine(
    (names) => names.length <= MOST_METRICS,
    demanding(words('common.input.items_most', { count: MOST_METRICS })),
  ),
  aggregate: z
    .enum(AGGREGATES)
    .default('avg')
    .meta({
      description:
        'What `value` is: the average of the hosts, what 95 % of them are not above, the highest or the lowest of any.',
    }),
});
export type AcrossQuery = z.infer<typeof acrossQuery>;

export const acrossAnswer = z
  .object({
    step,
    series: z.array(
      z.object({
        metric: textLike('cpu'),
        points: z.array(
          metricPoint.extend({
            value: z.number().nullable(),
            hosts: z.number().int().meta({ description: 'How many of them were measured then.' }),
          }),
        ),
      }),
    ),
    gaps: z
      .array(explainedGap)
      .meta({
        description:
          'Why none of them was measured, as far as that is known: a stretch without figures may have no entry.',
      }),
  })
  .meta({
    id: 'MetricsOfHosts',
    description:
      'Of all hosts together; each counts once in a point, however often it measures. Null figures where none was measured.',
  });

/**
 * What was measured of many hosts, as one series a figure.
 * @throws `metrics.too_many_hosts`, `metrics.too_many_figures`, `metrics.too_many_points`
 */
export async function queryMetrics(ctx: SignedIn, asked: AcrossQuery): Promise<z.infer<typeof acrossAnswer>> {
  const { metrics, aggregate } = asked;
  const span = spanOf(asked);
  const hostIds = await findHostIds(ctx, asked);
  const heartbeat = ctx.config.heartbeat.interval_seconds;
  const figuresAPoint = await countFigures(ctx.db, hostIds, metrics);
  const level = levelFor(ctx, { ...asked, ...span, figuresAPoint });
  const width = level?.step ?? heartbeat;
  const start = Math.floor(span.from / width) * width;
  const count = Math.max(0, Math.ceil((span.to - start) / width));
  if (count * figuresAPoint > MOST_FIGURES) throw new AppError('metrics.too_many_figures');
  if (hostIds.length === 0 || count === 0) return { step: level?.name ?? 'raw', series: [], gaps: [] };
  const wanted = { hostIds, metrics, from: start, to: start + count * width };
  const found = await readAcross(ctx.db, wanted, { level, width, aggregate });
  if (count * found.length > MOST_POINTS) throw new AppError('metrics.too_many_points');
  const empty = emptyStretches(found, { start, width, count, longerThan: SILENT_INTERVALS * heartbeat });
  return {
    step: level?.name ?? 'raw',
    gaps: await explainGaps(ctx.db, { hostIds, span, empty }),
    series: found.map(({ metric, points }) => {
      const known = new Map(points.map(({ bucket, ...point }) => [bucket, point]));
      const at = (bucket: number) => new Date((start + bucket * width) * 1000).toISOString();
      return { metric, points: Array.from({ length: count }, (_, i) => ({ at: at(i), ...(known.get(i) ?? NOTHING) })) };
    }),
  };
}

/** More of the server's intervals without a sample are a gap. */
const SILENT_INTERVALS = 3;

interface Grid {
  /** Seconds since 1970, and of a bucket. */
  start: number;
  width: number;
  count: number;
  longerThan: number;
}

/** Where no figure of any metric is, from bucket to bucket. */
function emptyStretches(found: readonly Series<AcrossBucket>[], { start, width, count, longerThan }: Grid): Span[] {
  const known = [...new Set(found.flatMap(({ points }) => points.map(({ bucket }) => bucket)))].sort((a, b) => a - b);
  const ends = [-1, ...known, count];
  return ends
    .slice(1)
    .map((end, i) => ({ from: start + (ends[i]! + 1) * width, to: start + end * width }))
    .filter(({ from, to }) => to - from > longerThan);
}

const NOTHING = { value: null, min: null, avg: null, max: null, count: 0, hosts: 0 };

/** Those that the caller may see and the filter leaves. */
async function findHostIds(ctx: SignedIn, { hosts: named, from: _time, ...filter }: AcrossQuery): Promise<string[]> {
  const rows = await ctx.db
    .select({ id: hosts.id })
    .from(hosts)
    .where(and(matching(hostList, ctx, filter), named && inArray(hosts.id, named)))
    .limit(MOST_HOSTS + 1);
  if (rows.length > MOST_HOSTS) throw new AppError('metrics.too_many_hosts');
  return rows.map(({ id }) => id);
}

/** What there is of them at one moment: of a metric that is asked for of every disk, as many as they have. */
async function countFigures(db: SignedIn['db'], hostIds: string[], metrics: readonly string[]): Promise<number> {
  const ofEvery = metrics.filter((name) => !name.includes(':') && PLACES.get(name)! > DISKS_AFTER);
  const ofOne = hostIds.length * (metrics.length - ofEvery.length);
  if (ofEvery.length === 0 || hostIds.length === 0) return ofOne;
  // Of a host that no level has yet, what its last sample says.
  const { rows } = await db.execute<{ disks: number }>(sql`
    select coalesce(sum(greatest(known.disks, coalesce(told.disks, 0))), 0)::int as disks
    from unnest(${sql.param(hostIds)}::uuid[]) a(id) cross join lateral (
      select count(distinct label) as disks from metric_series
      where host_id = a.id and metric in (${sql.join(
        ofEvery.map((name) => sql`${PLACES.get(name)!}::smallint`),
        sql`, `,
      )})
    ) known left join lateral (
      select cardinality(mounts) as disks from metric_sample where host_id = a.id and known.disks = 0 order by at desc limit 1
    ) told on true`);
  return ofOne + rows[0]!.disks * ofEvery.length;
}

interface Wanted {
  step: AcrossQuery['step'];
  from: number;
  to: number;
  figuresAPoint: number;
}

/** Undefined for the samples themselves. */
function levelFor({ config }: Pick<SignedIn, 'config'>, { step, from, to, figuresAPoint }: Wanted): Level | undefined {
  if (step !== 'auto') return LEVELS.find(({ name }) => name === step);
  const points = Math.min(AUTO_POINTS, AUTO_FIGURES / Math.max(1, figuresAPoint));
  const level = chooseLevel(config, { from, to, points });
  if (level || (to - from) / config.heartbeat.interval_seconds <= points) return level;
  // Few hours of many hosts: not each sample of them.
  return LEVELS.find(({ step }) => (to - from) / step <= points) ?? LEVELS.at(-1);
}
