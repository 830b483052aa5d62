import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';

interface Props {
  fleet: { id: string; name: string };
  host: { id: string; fqdn: string };
}

/** To the page that says why a host is in a fleet or not. */
export function WhyLink({ fleet, host }: Props) {
  const { t } = useTranslation();
  return (
    <Link
      to={`/fleets/${fleet.id}/why?host=${host.id}`}
      className="link text-12"
      aria-label={t('why.linkOf', { host: host.fqdn, fleet: fleet.name })}
    >
      {t('why.link')}
    </Link>
  );
}
