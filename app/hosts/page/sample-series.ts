import { gapsIn } from '../../ui/figures/gaps';
import type { SamplePoint } from '../host-types';

export type Figure = Exclude<keyof SamplePoint, 'at'>;

/**
 * The columns of a chart: when, in seconds since 1970 as uPlot wants it, and each figure asked for.
 * Where samples are missing there is a moment without a figure, so that gaps are drawn as gaps.
 */
export function sampleSeries(samples: readonly SamplePoint[], figures: readonly Figure[]) {
  const times = samples.map(({ at }) => Date.parse(at) / 1_000);
  const gaps = gapsIn(times);
  const columns = { times: [] as number[], values: figures.map(() => [] as (number | null)[]) };
  samples.forEach((sample, i) => {
    const gap = gaps.get(i);
    if (gap !== undefined) {
      columns.times.push(gap);
      for (const values of columns.values) values.push(null);
    }
    columns.times.push(times[i]!);
    figures.forEach((figure, column) => columns.values[column]!.push(sample[figure]));
  });
  return columns;
}
