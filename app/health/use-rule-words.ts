import { useTranslation } from 'react-i18next';
import { useFigures } from '../ui/figures/use-figures';
import type { Finding } from './health-types';
import { metricWord, ruleMetrics } from './rule-metrics';

type Said = Pick<Finding, 'metric' | 'comparison' | 'threshold'>;

/** What a rule is about, and a figure of its metric, in words. */
export function useRuleWords() {
  const { t } = useTranslation();
  const figures = useFigures();
  const figure = (metric: string, value: number): string => {
    const word = metricWord(metric);
    switch (word && ruleMetrics[word]) {
      case 'percent':
        return figures.percent(value);
      case 'bytes':
        return figures.bytes(value);
      case 'bytesPerSecond':
        return figures.bytesPerSecond(value);
      case 'seconds':
        return figures.duration(value);
      case 'days':
        return t('health.days', { count: value });
      case 'celsius':
        return t('units.celsius', { value: figures.number(value) });
      default:
        return figures.number(value);
    }
  };
  const what = (metric: string): string => {
    const word = metricWord(metric);
    return word ? t(`health.metric.${word}`) : metric;
  };
  return {
    what,
    figure,
    durationInSentence: figures.durationInSentence,
    /** "above 95%"; empty for what is there or is not. */
    limit: ({ metric, comparison, threshold }: Said) =>
      metricWord(metric) === 'disk_read-only' ? '' : t(`health.${comparison}`, { value: figure(metric, threshold) }),
  };
}
