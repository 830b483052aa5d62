import type { SamplePoint } from '../host-types';

export type Figure = Exclude<keyof SamplePoint, 'at'>;

/** More than so many usual intervals without a sample, and the line breaks: a straight line over an outage is a lie. */
const GAP = 2.5;

/**
 * The columns of a chart: when, in seconds since 1970 as uPlot wants it, and each figure asked for.
 * Where samples are missing there is a moment without a figure, so that gaps are drawn as gaps.
 */
export function sampleSeries(samples: readonly SamplePoint[], figures: readonly Figure[]) {
  const times = samples.map(({ at }) => Date.parse(at) / 1_000);
  const longest = GAP * medianStep(times);
  const columns = { times: [] as number[], values: figures.map(() => [] as (number | null)[]) };
  samples.forEach((sample, i) => {
    const before = times[i - 1];
    if (before !== undefined && times[i]! - before > longest) {
      columns.times.push((before + times[i]!) / 2);
      for (const values of columns.values) values.push(null);
    }
    columns.times.push(times[i]!);
    figures.forEach((figure, column) => columns.values[column]!.push(sample[figure]));
  });
  return columns;
}

/** Seconds; infinite for fewer than two samples, which have no step. */
function medianStep(times: number[]): number {
  const steps = times.slice(1).map((time, i) => time - times[i]!);
  if (steps.length === 0) return Infinity;
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)]!;
}
