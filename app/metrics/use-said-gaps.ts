import { useTranslation } from 'react-i18next';
import type { Gap } from '../ui/figures/chart-overlay';
import { useTimeZone } from '../ui/figures/clock';
import { formatInstant } from '../ui/figures/format-time';

/** Of each chart in its sentence; its table has them all. */
const SAID = 3;

/** Sentences for the first gaps of a chart, and how many more there are. */
export function useSaidGaps(): (gaps: readonly Gap[]) => string[] {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const instant = (seconds: number) => formatInstant(seconds * 1000, i18n.language, timeZone);
  return (gaps) => [
    ...gaps
      .slice(0, SAID)
      .map(({ from, to, text }) => t('charts.gap.said', { from: instant(from), to: instant(to), why: text })),
    ...(gaps.length > SAID ? [t('charts.gap.more', { count: gaps.length - SAID })] : []),
  ];
}
