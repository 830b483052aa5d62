import { z } from 'zod';
import { AppError } from '../errors';
import { isKnown } from '../hosts/find-hosts';
import type { SignedIn } from '../trpc';
import { countSamples, countSeries } from './count-series';
import { findCurrentNames } from './find-current';
import { findHappened, type Happened } from './find-happened';
import { chooseLevel } from './find-metrics';
import { LEVELS } from './levels';
import { MOST_POINTS, readBuckets, readSamples } from './read-series';
import { mistake } from '../../words/explain-issue';

/** The most points of a line: about as many as a chart is wide on a small screen. */
const POINTS = 400;
const DAY = 86_400;
/** A point of a chart stands for one of these many seconds, so that it begins where a clock shows a round time. */
const WIDTHS = [60, 120, 300, 600, 1200, 1800, 3600, 7200, 4 * 3600, 6 * 3600, 12 * 3600, DAY, 2 * DAY, 7 * DAY];
const LONGEST_SECONDS = 3660 * DAY;

export const chartSpan = z
  .object({ from: z.number(), to: z.number() })
  .refine(
    ({ from, to }) => from < to && to - from <= LONGEST_SECONDS && Math.abs(to) < 1e11,
    mistake('common.input.wrong'),
  );

/** Not of use to charts. */
const METRICS = [
  ...['cpu', 'cpu.user', 'cpu.system', 'cpu.wait', 'cpu.steal', 'load.1', 'memory.used', 'memory.available'],
  ...['swap.used', 'swap.available', 'disk.read', 'disk.written', 'network.received', 'network.sent', 'processes'],
  ...['logged_in', 'temperature', 'disk.used', 'disk.available'],
];

interface Chart extends Happened {
  from: number;
  to: number;
  /** Of each point, in seconds; null where it is a sample. */
  width: number | null;
  series: Columns[];
}

interface Columns {
  metric: string;
  /** Not measured for the last three intervals. */
  isStale: boolean;
  at: number[];
  average: number[];
  /** Null where each point is a sample. */
  lowest: number[] | null;
  highest: number[] | null;
}

/**
 * What the charts of a host show, in columns: moments in seconds since 1970, and figures. A point is a sample, or
 * stands for `width` seconds with the lowest, the average and the highest of them. With what explains them: what
 * happened, when it was down or no server was there, and the thresholds of its health.
 * @param span in seconds since 1970
 * @throws `host.not_found`
 */
export async function findChart(
  ctx: SignedIn,
  { hostId, from, to }: z.infer<typeof chartSpan> & { hostId: string },
): Promise<Chart> {
  if (!(await isKnown(ctx.db, hostId))) throw new AppError('host.not_found');
  const asked = { hostId, from, to, metrics: METRICS };
  const current = await findCurrentNames(ctx, hostId);
  const happened = await findHappened(ctx, hostId, { from, to });
  const count = await countSeries(ctx.db, asked, current);
  // A point may stand for several buckets, so that there are enough points whatever the level.
  const chosen = chooseLevel(ctx.config, { from, to, points: 4 * POINTS });
  if (!chosen && (await countSamples(ctx.db, asked)) * count <= MOST_POINTS) {
    const series = await readSamples(ctx.db, asked);
    return {
      ...{ from, to, width: null, ...happened },
      series: series.map(({ metric, points }) => {
        const average = points.map(([, value]) => value);
        const at = points.map(([at]) => at / 1000);
        return { metric, isStale: !current.has(metric), at, average, lowest: null, highest: null };
      }),
    };
  }
  const level = chosen ?? LEVELS[0]!;
  // Of a machine with hundreds of disks, most of which are gone, fewer.
  const wanted = (to - from) / Math.min(POINTS, MOST_POINTS / count - 1);
  const width = WIDTHS.find((one) => one >= wanted && one % level.step === 0) ?? WIDTHS.at(-1)!;
  const series = await readBuckets(ctx.db, asked, { level, width });
  return {
    ...{ from, to, width, ...happened },
    series: series.map(({ metric, points }) => ({
      metric,
      isStale: !current.has(metric),
      // In the middle of what it stands for.
      at: points.map(({ at }) => at + width / 2),
      average: points.map(({ avg }) => avg),
      lowest: points.map(({ min }) => min),
      highest: points.map(({ max }) => max),
    })),
  };
}
