import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import type { FleetName } from '../../fleets/fleet-types';
import { Sentence, SLOT } from '../../i18n/sentence';

interface Props {
  /** Null for one that there is not. */
  fleet: FleetName | null;
  /** The address of the same page without it. */
  clear: string;
}

/** Says of which fleet the hosts are that a page shows, and leads to those of all. */
export function FleetFilter({ fleet, clear }: Props) {
  const { t } = useTranslation();
  return (
    <p className="flex flex-wrap items-center gap-x-3 text-13">
      <span className="min-w-0 text-ink-2 wrap-anywhere">
        {fleet ? (
          <Sentence text={t('hosts.ofFleet', { fleet: SLOT })}>
            <Link to={`/fleets/${fleet.id}`} className="font-semibold text-ink hover:underline">
              <bdi>{fleet.name}</bdi>
            </Link>
          </Sentence>
        ) : (
          t('hosts.ofNoFleet')
        )}
      </span>
      <Link to={clear} className="link">
        {t('hosts.ofAllFleets')}
      </Link>
    </p>
  );
}
