import type { HostChart } from '../host-types';
import type { ChartLimit } from './use-happened';

type Rule = HostChart['limits'][number];

/** Rules of these metrics, at their own thresholds. */
export const limitsOf = (rules: readonly Rule[], ...metrics: Rule['metric'][]): ChartLimit[] =>
  rules.filter(({ metric }) => metrics.includes(metric)).map((rule) => ({ rule, value: rule.threshold }));

/**
 * Rules of memory or swap on a chart of what is used, in bytes.
 * @param total what there is of it; undefined while that is not known
 */
export function limitsOfUsed(rules: readonly Rule[], what: 'memory' | 'swap', total: number | undefined): ChartLimit[] {
  const shared = total === undefined ? [] : limitsOf(rules, `${what}.used_percent`);
  return [
    ...limitsOf(rules, `${what}.used`),
    ...shared.map(({ rule, value }) => ({ rule, value: (total! * value) / 100 })),
  ];
}

/**
 * Rules of how full a disk is that are about this one. One of this disk alone does not take the place of one of all.
 */
export const limitsOfDisk = (rules: readonly Rule[], mount: string): ChartLimit[] =>
  limitsOf(rules, 'disk.used_percent').filter(({ rule }) => rule.label === null || rule.label === mount);
