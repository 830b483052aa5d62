import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { Meter } from '../ui/figures/meter';
import { useFigures } from '../ui/figures/use-figures';
import { MachineName, MachineText } from '../ui/machine-text';
import { Section } from '../ui/section';
import type { Overview } from './overview-types';

/** Where there is least left now. */
export function Tops({ tops }: Pick<Overview, 'tops'>) {
  const { t } = useTranslation();
  const lists = [
    { name: t('metric.cpu'), hosts: tops.cpu },
    { name: t('metric.memory'), hosts: tops.memory },
    { name: t('metric.disk'), hosts: tops.disk },
  ].filter(({ hosts }) => hosts.length > 0);
  return (
    <Section
      title={t('dashboard.tops')}
      end={
        <Link to="/hosts/metrics" className="link text-13">
          {t('across.link')}
        </Link>
      }
    >
      {lists.length === 0 && <p className="text-ink-2">{t('dashboard.noTops')}</p>}
      <div className="grid gap-x-8 gap-y-5 md:grid-cols-3">
        {lists.map(({ name, hosts }) => (
          <div key={name} className="min-w-0">
            <h3 className="pb-1 text-13 text-ink-2">{name}</h3>
            <ul className="flex flex-col gap-1">
              {hosts.map((host) => (
                <Top key={host.hostId} name={name} host={host} />
              ))}
            </ul>
          </div>
        ))}
      </div>
    </Section>
  );
}

type TopHost = Overview['tops']['cpu'][number] & { daysLeft?: number | null };

function Top({ name, host: { hostId, fqdn, percent, mount, daysLeft } }: { name: string; host: TopHost }) {
  const { t } = useTranslation();
  const figures = useFigures();
  const label = `${name}: ${fqdn}`;
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-3">
      <span className="min-w-0">
        <Link to={`/hosts/${hostId}/metrics`} className="wrap-anywhere hover:underline">
          <MachineName name={fqdn} />
        </Link>{' '}
        {mount && (
          <span className="text-12 text-ink-2">
            <MachineText text={mount} />
          </span>
        )}
        {daysLeft !== null && daysLeft !== undefined && (
          <span className="ps-2 text-12 font-medium text-pending">
            {daysLeft < 1 ? t('dashboard.fullSoon') : t('dashboard.fullIn', { count: Math.round(daysLeft) })}
          </span>
        )}
      </span>
      <Meter label={label} percent={percent} figure={figures.percent(percent)} />
    </li>
  );
}
