import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration, formatNumber, formatPercent, scaleBytes } from './format-figure';

/** Figures in the reader's language. Bytes are binary (KiB), percentages 0 to 100, durations in seconds. */
export function useFigures() {
  const { t, i18n } = useTranslation();
  return useMemo(() => {
    const locale = i18n.language;
    const bytes = (amount: number) => {
      const { value, unit } = scaleBytes(amount);
      return t(`units.${unit}`, { value: formatNumber(value, locale) });
    };
    return {
      bytes,
      bytesPerSecond: (amount: number) => t('units.perSecond', { value: bytes(amount) }),
      duration: (seconds: number) => formatDuration(seconds, locale),
      durationInSentence: (seconds: number) => formatDuration(seconds, locale, 'sentence'),
      number: (value: number) => formatNumber(value, locale),
      percent: (value: number) => formatPercent(value, locale),
    };
  }, [t, i18n.language]);
}
