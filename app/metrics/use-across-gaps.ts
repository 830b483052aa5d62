import { useTranslation } from 'react-i18next';
import { downReasons } from '../hosts/host-types';
import type { Gap } from '../ui/figures/chart-overlay';
import { useTimeZone } from '../ui/figures/clock';
import { formatInstant } from '../ui/figures/format-time';
import type { Span } from '../ui/figures/gaps';
import { useList } from '../ui/figures/use-list';
import { useFigures } from '../ui/figures/use-figures';
import { type AcrossGap, whyAcross } from './across-gaps';

/** Gaps of charts of many hosts, with why in words. */
export function useAcrossGaps(known: readonly AcrossGap[]): (spans: readonly Span[]) => Gap[] {
  const { t, i18n } = useTranslation();
  const timeZone = useTimeZone();
  const { number } = useFigures();
  const list = useList();
  const instant = (seconds: number) => formatInstant(seconds * 1000, i18n.language, timeZone);
  const words = ({ from, to, reason, down }: AcrossGap) => {
    if (reason === 'server_off') return t('charts.gap.serverOff', { from: instant(from), to: instant(to) });
    const reasons = down.flatMap((one) => {
      const named = downReasons.find((name) => name === one.reason);
      return named ? [`${t(`reason.${named}`)}: ${number(one.hosts)}`] : [];
    });
    return reasons.length > 0 ? t('across.allDownWhy', { reasons: list(reasons) }) : t('across.allDown');
  };
  return (spans) =>
    spans.map((span) => {
      const why = whyAcross(span, known).map(words);
      return { ...span, text: why.length > 0 ? why.join('; ') : t('charts.gap.notTold') };
    });
}
