import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '../../server/router';
import type { Series } from './chart-lines';

type Across = inferRouterOutputs<AppRouter>['metrics']['query'];

const STEP_SECONDS = { '1m': 60, '10m': 600, '1h': 3600 } as const;

/** How many seconds a point stands for; null for the samples themselves. */
export const widthOf = ({ step }: Pick<Across, 'step'>): number | null => (step === 'raw' ? null : STEP_SECONDS[step]);

/** Of one metric of many hosts: their average, what 95 of 100 of them are not above, and the highest of any. */
export interface AcrossLines {
  average: Series;
  most: Series;
  highest: Series;
  /** How many hosts were measured, at the most. */
  hosts: number;
}

/** By metric; each value of `all` is a 95th percentile. */
export function acrossLines(all: Across): Map<string, AcrossLines> {
  const half = (widthOf(all) ?? 0) / 2;
  return new Map(
    all.series.map(({ metric, points }) => {
      const measured = points.filter(({ avg }) => avg !== null);
      const at = measured.map(({ at }) => Date.parse(at) / 1000 + half);
      const line = (name: string, average: number[]): Series => {
        return { metric: name, isStale: false, at, average, lowest: null, highest: null };
      };
      const [lowest, highest] = [measured.map(({ min }) => min!), measured.map(({ max }) => max!)];
      return [
        metric,
        {
          average: {
            ...line(
              metric,
              measured.map(({ avg }) => avg!),
            ),
            lowest,
            highest,
          },
          most: line(
            `${metric} (95 %)`,
            measured.map(({ value }) => value!),
          ),
          highest: line(`${metric} (highest)`, highest),
          hosts: measured.reduce((most, { hosts }) => Math.max(most, hosts), 0),
        },
      ];
    }),
  );
}
