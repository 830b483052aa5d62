import { gapsIn, type Span } from '../ui/figures/gaps';
import type { HostChart } from '../hosts/host-types';

export type Series = HostChart['series'][number];

/** Of a chart: moments in seconds since 1970, and a line for each series; null where nothing was measured. */
export interface Lines {
  times: number[];
  lines: Line[];
  /** From the last figure before it to the first one after it, or to an end of the range. */
  gaps: Span[];
}
export interface Line {
  values: (number | null)[];
  /** The lowest and the highest behind each value; null where each is one sample. */
  band: { low: (number | null)[]; high: (number | null)[] } | null;
}

/**
 * The series of one chart on one axis, from one end of the range to the other.
 * @param off when nothing can have been measured
 */
export function linesOf(series: readonly Series[], { from, to }: Span, off: readonly Span[] = []): Lines {
  const moments = [...new Set(series.flatMap(({ at }) => at))].sort((a, b) => a - b);
  const times = withGaps(moments, { from, to }, off);
  const ends = [from, ...moments, to];
  return {
    times,
    gaps: [...gapsIn(ends, off).keys()].map((i) => ({ from: ends[i - 1]!, to: ends[i]! })),
    lines: series.map((one) => {
      const placeOf = new Map(one.at.map((at, i) => [at, i]));
      const column = (figures: readonly number[]) =>
        times.map((time) => {
          const place = placeOf.get(time);
          return place === undefined ? null : figures[place]!;
        });
      const { lowest, highest } = one;
      return { values: column(one.average), band: lowest && highest && { low: column(lowest), high: column(highest) } };
    }),
  };
}

/**
 * With a moment more in each gap, and from end to end of the range: but where it ends with the last figure, or soon
 * after it, that figure is what stands above the chart.
 */
function withGaps(moments: readonly number[], { from, to }: Span, off: readonly Span[]): number[] {
  if (moments.length === 0) return [from, to];
  const gaps = gapsIn([...moments, to], off);
  const times = moments.flatMap((moment, i) => (gaps.has(i) ? [gaps.get(i)!, moment] : [moment]));
  if (from < times[0]!) times.unshift(from);
  if (gaps.has(moments.length)) times.push(to);
  return times;
}

/** What is used of both, in percent: what df shows of a disk. */
export function percentOf(used: Series, available: Series): Series {
  const placeOf = new Map(available.at.map((at, i) => [at, i]));
  const kept = used.at.flatMap((at, i) => (placeOf.has(at) ? [{ at, i, of: placeOf.get(at)! }] : []));
  const share = (part: number, rest: number) => (part + rest > 0 ? (100 * part) / (part + rest) : 0);
  const total = (i: number, of: number) => used.average[i]! + available.average[of]!;
  const bound = (figures: number[] | null) =>
    figures && kept.map(({ i, of }) => share(figures[i]!, Math.max(0, total(i, of) - figures[i]!)));
  return {
    ...used,
    at: kept.map(({ at }) => at),
    average: kept.map(({ i, of }) => share(used.average[i]!, available.average[of]!)),
    lowest: bound(used.lowest),
    highest: bound(used.highest),
  };
}
