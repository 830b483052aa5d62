import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { downReasons } from '../hosts/host-types';
import { Instant, RelativeTime } from '../ui/figures/relative-time';
import { MachineName } from '../ui/machine-text';
import { Section } from '../ui/section';
import type { Overview } from './overview-types';

interface Props extends Pick<Overview, 'events'> {
  /** When the quarter of an hour begins that they are of; null for the last ones of all. */
  quarter: string | null;
}

/** What happened to hosts last, or in a quarter of an hour. */
export function RecentEvents({ events, quarter }: Props) {
  const { t } = useTranslation();
  return (
    <Section
      title={quarter ? t('day.events') : t('dashboard.events')}
      count={quarter ? <Instant at={quarter} /> : undefined}
      end={
        quarter && (
          <Link to="/" preventScrollReset className="link text-13">
            {t('day.latest')}
          </Link>
        )
      }
    >
      {events.length === 0 && <p className="text-ink-2">{t(quarter ? 'day.noEvents' : 'dashboard.noEvents')}</p>}
      <ul className="flex flex-col gap-1">
        {events.map(({ id, hostId, fqdn, at, kind, detail }) => {
          const reason = kind === 'down' ? downReasons.find((known) => known === detail) : undefined;
          return (
            <li key={id} className="flex flex-wrap items-baseline gap-x-3">
              <span className="w-28 text-12 text-ink-2">
                <RelativeTime at={at} />
              </span>
              <Link to={`/hosts/${hostId}/events`} className="wrap-anywhere hover:underline">
                <MachineName name={fqdn} />
              </Link>
              <span className="text-ink-2">
                {t(`event.${kind}`)}
                {reason && `: ${t(`reason.${reason}`)}`}
              </span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
