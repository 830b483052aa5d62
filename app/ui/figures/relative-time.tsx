import { useTranslation } from 'react-i18next';
import { useNow, useTimeZone } from './clock';
import { formatElapsed } from './format-figure';
import { formatDate, formatInstant, formatRelative } from './format-time';

interface Props {
  /** ISO 8601. */
  at: string;
  /** For what lies in the past by its nature: a clock that is a little behind must not say "in 1 minute". */
  isPast?: boolean;
}

/** "3 min. ago", with the instant itself on hover and for screen readers. */
export function RelativeTime({ at, isPast = true }: Props) {
  const { i18n } = useTranslation();
  const now = useNow();
  const timeZone = useTimeZone();
  const instant = Date.parse(at);
  const shown = isPast ? Math.min(instant, now) : instant;
  const absolute = formatInstant(instant, i18n.language, timeZone);
  return (
    // Node and the browser may carry different editions of the locale data; the words may differ, the time does not.
    <time dateTime={at} title={absolute} className="whitespace-nowrap" suppressHydrationWarning>
      <span suppressHydrationWarning>{formatRelative(shown, now, i18n.language)}</span>
      <span className="sr-only" suppressHydrationWarning>
        {` (${absolute})`}
      </span>
    </time>
  );
}

/** "for 3 hr", since an instant, which is there on hover and for screen readers. */
export function Elapsed({ since }: { since: string }) {
  const { t, i18n } = useTranslation();
  const now = useNow();
  const absolute = formatInstant(Date.parse(since), i18n.language, useTimeZone());
  const time = formatElapsed((now - Date.parse(since)) / 1_000, i18n.language);
  return (
    <time dateTime={since} title={absolute} className="whitespace-nowrap" suppressHydrationWarning>
      <span suppressHydrationWarning>{t('time.for', { time })}</span>
      <span className="sr-only" suppressHydrationWarning>
        {` (${absolute})`}
      </span>
    </time>
  );
}

/** The instant itself, for tables of facts. `date` leaves the time of day to the hover. */
export function Instant({ at, format = 'instant' }: { at: string; format?: 'instant' | 'date' }) {
  const { i18n } = useTranslation();
  const timeZone = useTimeZone();
  const absolute = formatInstant(Date.parse(at), i18n.language, timeZone);
  const shown = format === 'date' ? formatDate(Date.parse(at), i18n.language, timeZone) : absolute;
  return (
    <time dateTime={at} title={absolute} suppressHydrationWarning>
      {shown}
    </time>
  );
}
