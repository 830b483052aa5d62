import type { Rule } from './rule-schema';

type Row = readonly [
  metric: Rule['metric'],
  comparison: Rule['comparison'],
  threshold: number,
  back: number,
  forSeconds: number,
  severity: Rule['severity'],
];

/** A machine that is busy for a minute is not ill, and neither is one that restarts. */
const ROWS: readonly Row[] = [
  ['silence', 'above', 300, 300, 0, 'critical'],
  ['cpu', 'above', 95, 85, 900, 'warning'],
  ['memory.used_percent', 'above', 95, 90, 600, 'warning'],
  ['swap.used_percent', 'above', 80, 60, 900, 'warning'],
  ['disk.used_percent', 'above', 85, 83, 300, 'warning'],
  ['disk.used_percent', 'above', 95, 93, 300, 'critical'],
  ['disk.inodes_used_percent', 'above', 90, 88, 300, 'warning'],
  ['disk.inodes_used_percent', 'above', 97, 95, 300, 'critical'],
  ['disk.read_only', 'above', 0, 0, 60, 'critical'],
  ['temperature', 'above', 90, 80, 300, 'warning'],
  ['clock.offset', 'above', 60, 30, 300, 'warning'],
  // Agents renew in the last third: one that comes so far has not been able to.
  ['certificate.days', 'below', 7, 8, 0, 'warning'],
  ['certificate.days', 'below', 2, 3, 0, 'critical'],
];

/**
 * What holds until somebody has said otherwise. Their ids are the same in every process and after every start, because
 * findings name them: a new rule comes last.
 */
export const DEFAULT_RULES = ROWS.map(([metric, comparison, threshold, back, forSeconds, severity], position) => ({
  id: `01990000-0000-7000-8000-${String(position + 1).padStart(12, '0')}`,
  ...{ metric, label: null, comparison, threshold, back, forSeconds, severity, scope: null, isEnabled: true },
}));
