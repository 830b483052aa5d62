import { z } from 'zod';
import type { Config } from '../config';
import { AppError } from '../errors';
import { isKnown } from '../hosts/find-hosts';
import { instant as shownInstant, textLike } from '../rest/schema';
import type { SignedIn } from '../trpc';
import { countSamples, countSeries } from './count-series';
import { findCurrentNames } from './find-current';
import { keptSeconds } from './keep-levels';
import { type Level, LEVELS } from './levels';
import { PLACES } from './metrics';
import { type Asked, MOST_POINTS, readBuckets, readSamples, type Series } from './read-series';
import { mistake } from '../../words/explain-issue';

const moment = z.iso.datetime({ offset: true }).meta({ format: 'date-time', examples: ['2026-01-31T12:00:00.000Z'] });
export const step = z.enum(['raw', '1m', '10m', '1h']);
/** In which `auto` answers, when it is of so long that hours would be too many. */
const LONG_STEPS = { '6h': 6 * 3600, '1d': 86_400, '7d': 7 * 86_400 };

/** Names with commas between them: a mount that has one in its name is asked for with all the others. */
export const metricNames = z
  .string()
  .max(2000)
  .meta({ examples: ['cpu,disk.used:/'] })
  .transform((names) => names.split(','))
  .refine((names) => names.every((name) => PLACES.has(name.split(':')[0]!)), mistake('server.input.metric'));

export const metricsQuery = z.object({
  from: moment.optional().meta({ description: 'An hour before `to` when left out.' }),
  to: moment.optional().meta({ description: 'Now when left out.' }),
  step: z
    .enum(['auto', ...step.options])
    .default('auto')
    .meta({
      description:
        '`auto` is the finest that has at most 1,500 points a series and 100,000 in all, and is kept for so long; beyond hours it is `6h`, `1d` or `7d`.',
    }),
  metrics: metricNames
    .optional()
    .meta({
      description: `All when left out; of each disk, such as \`disk.used:/var\`, when only \`disk.used\` is named. ${[...PLACES.keys()].map((name) => `\`${name}\``).join(', ')}.`,
    }),
});

export const metricPoint = z.object({
  at: shownInstant,
  min: z.number().nullable(),
  avg: z.number().nullable(),
  max: z.number().nullable(),
  count: z.number().int(),
});

export const metricsAnswer = z
  .object({
    step: z.enum([...step.options, '6h', '1d', '7d']),
    series: z.array(
      z.object({
        metric: textLike('cpu'),
        isStale: z.boolean().meta({ description: 'It has not been measured for the last three intervals.' }),
        points: z.array(metricPoint),
      }),
    ),
  })
  .meta({
    id: 'Metrics',
    description: 'Sizes in bytes, rates a second. Null figures, with a count of 0, where nothing was measured.',
  });
type Answer = z.infer<typeof metricsAnswer>;

/** The most points of a series that `auto` answers. */
const AUTO_POINTS = 1500;
/** Up to so long `auto` shows each sample. */
const RAW_SECONDS = 2 * 3600;
const DAY_MS = 86_400_000;

/** What was measured of a host. @throws `host.not_found`, `metrics.too_many_points` */
export async function findMetrics(
  ctx: SignedIn,
  { hostId, ...query }: z.infer<typeof metricsQuery> & { hostId: string },
): Promise<Answer> {
  const { db } = ctx;
  if (!(await isKnown(db, hostId))) throw new AppError('host.not_found');
  const current = await findCurrentNames(ctx, hostId);
  const told = ({ metric, points }: Omit<Answer['series'][number], 'isStale'>) => {
    return { metric, isStale: !current.has(metric), points };
  };
  const asked = { hostId, metrics: query.metrics ?? null, ...spanOf(query) };
  const chosen =
    query.step === 'auto' ? await chooseStep(ctx, asked, current) : STEPS.find(({ name }) => name === query.step);
  if (!chosen) return { step: 'raw', series: (await readSamples(db, asked)).map(withGaps).map(told) };
  const { level, width, name } = chosen;
  const start = Math.floor(asked.from / width) * width;
  const count = Math.max(0, Math.ceil((asked.to - start) / width));
  const found = await readBuckets(db, { ...asked, from: start, to: start + count * width }, { level, width });
  if (count * found.length > MOST_POINTS) throw new AppError('metrics.too_many_points');
  return {
    step: name,
    series: found.map(({ metric, points }) => {
      const known = new Map(points.map((point) => [point.at, point]));
      const grid = Array.from({ length: count }, (_, i) => start + i * width);
      return told({ metric, points: grid.map((at) => known.get(at) ?? missing(at)).map(pointAt) });
    }),
  };
}

/** What was asked for, in seconds since 1970. @throws `metrics.too_many_points` */
export function spanOf(query: { from?: string | undefined; to?: string | undefined }): { from: number; to: number } {
  const to = query.to === undefined ? Date.now() : Date.parse(query.to);
  const from = query.from === undefined ? to - 3_600_000 : Date.parse(query.from);
  if (to - from > 3660 * DAY_MS) throw new AppError('metrics.too_many_points');
  return { from: from / 1000, to: to / 1000 };
}

const missing = (at: number) => ({ at, min: null, avg: null, max: null, count: 0 });
const pointAt = <Point extends { at: number }>(point: Point) => ({
  ...point,
  at: new Date(point.at * 1000).toISOString(),
});

/**
 * The finest level that has at most so many points of the span and is kept for so long; undefined for the samples
 * themselves.
 * @param span in seconds since 1970
 */
export function chooseLevel(
  config: Pick<Config, 'metrics'>,
  { from, to, points }: { from: number; to: number; points: number },
): Level | undefined {
  const kept = keptSeconds(config);
  const age = Date.now() / 1000 - from;
  if (to - from <= RAW_SECONDS && age <= kept.metric_sample) return undefined;
  return LEVELS.find(({ step, table }) => (to - from) / step <= points && age <= kept[table]) ?? LEVELS.at(-1);
}

interface Step {
  name: Answer['step'];
  width: number;
  /** That it is read from. */
  level: Level;
}

/** The finest first. */
const STEPS: readonly Step[] = [
  ...LEVELS.map((level) => ({ name: level.name, width: level.step, level })),
  ...(['6h', '1d', '7d'] as const).map((name) => ({ name, width: LONG_STEPS[name], level: LEVELS.at(-1)! })),
];

/** Undefined for the samples themselves. */
async function chooseStep({ db, config }: SignedIn, asked: Asked, current: ReadonlySet<string>) {
  const series = await countSeries(db, asked, current);
  const level = chooseLevel(config, { ...asked, points: AUTO_POINTS });
  if (!level && (await countSamples(db, asked)) * series <= MOST_POINTS) return undefined;
  const most = Math.min(AUTO_POINTS, MOST_POINTS / series - 1);
  const finest = STEPS.findIndex((one) => one.level === (level ?? LEVELS[0]));
  return STEPS.slice(finest).find(({ width }) => (asked.to - asked.from) / width <= most) ?? STEPS.at(-1)!;
}

/** More than so many usual intervals without a sample are a gap. */
const GAP = 2.5;

/** The samples as points, and between two that are too far apart one without a figure. */
function withGaps({ metric, points }: Series<[number, number]>): Omit<Answer['series'][number], 'isStale'> {
  const steps = points.slice(1).map(([at], i) => at - points[i]![0]);
  const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? Infinity;
  return {
    metric,
    points: points.flatMap(([at, value], i) => {
      const point = { at: new Date(at).toISOString(), min: value, avg: value, max: value, count: 1 };
      const isAfterGap = i > 0 && steps[i - 1]! > GAP * usual;
      return isAfterGap ? [pointAt(missing((at - steps[i - 1]! / 2) / 1000)), point] : [point];
    }),
  };
}
