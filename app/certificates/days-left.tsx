import { useTranslation } from 'react-i18next';
import { useNow } from '../ui/figures/clock';
import { RelativeTime } from '../ui/figures/relative-time';

const DAY_MS = 86_400_000;

/**
 * Whole days, because renewal is planned in them; on the last two, and after the end, what is left or over in words.
 */
export function DaysLeft({ at }: { at: string }) {
  const { t } = useTranslation();
  const days = Math.floor((Date.parse(at) - useNow()) / DAY_MS);
  if (days < 2) return <RelativeTime at={at} isPast={false} />;
  return <span suppressHydrationWarning>{t('hosts.days', { count: days })}</span>;
}
