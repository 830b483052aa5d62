import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { listOfMatching } from '../metrics/across-address';
import { HealthReason } from '../health/reason';
import { Amount } from '../ui/figures/amount';
import { Elapsed } from '../ui/figures/relative-time';
import { MachineName } from '../ui/machine-text';
import { Section } from '../ui/section';
import { StateSign } from '../ui/state-sign';
import { GroupActs, type HostGroup } from './group-acts';
import type { Overview } from './overview-types';

/** How reasons begin that are about the end of certificates. */
const CERTIFICATES = 'certificate.days ';

/** Why hosts are ill: what many share is one line, with the way to all of them. */
export function Causes({ ill, causes, downTogether }: Pick<Overview, 'ill' | 'causes' | 'downTogether'>) {
  const { t } = useTranslation();
  if (causes.length + downTogether.length === 0) return null;
  return (
    <Section
      title={t('health.wrong')}
      count={ill.critical + ill.warning || undefined}
      end={
        <span className="flex gap-3 text-13">
          {(['critical', 'warning'] as const).map(
            (state) =>
              ill[state] > 0 && (
                <Link key={state} to={`/hosts?health=${state}`} className="link">
                  {t(`health.state.${state}`)}: <Amount of={ill[state]} />
                </Link>
              ),
          )}
        </span>
      }
    >
      <ul className="flex flex-col gap-2">
        {downTogether.map(({ since, total, hosts }) => {
          const group = { total, hosts, which: { state: 'down', downSince: since } };
          return (
            <li key={since} className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              <StateSign state="down" word={t('state.down')} />
              <span>{t('dashboard.downTogether', { count: total })}</span>
              <span className="text-12 text-ink-2">
                <Elapsed since={since} />
              </span>
              <SomeHosts {...group} />
              <GroupActs {...group} />
            </li>
          );
        })}
        {causes.map((cause) => {
          const { health, reason, total, hosts } = cause;
          const group = { total, hosts, which: { health, ...(reason && { reason }) } };
          return (
            <li key={`${cause.health} ${cause.reason}`} className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              <StateSign state={cause.health} word={t(`health.state.${cause.health}`)} />
              {reason && <HealthReason reason={reason} />}
              <span className="text-12 text-ink-2">
                <Elapsed since={cause.since} />
              </span>
              <SomeHosts {...group} />
              <GroupActs {...group} isOfCertificates={reason?.startsWith(CERTIFICATES)} />
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function SomeHosts({ hosts, total, which }: HostGroup) {
  const { t } = useTranslation();
  return (
    <span className="min-w-0">
      {hosts.map(({ id, fqdn }, i) => (
        <span key={id}>
          {i > 0 && ', '}
          <Link to={`/hosts/${id}`} className="font-medium wrap-anywhere hover:underline">
            <MachineName name={fqdn} />
          </Link>
        </span>
      ))}
      {total > hosts.length && (
        <Link to={listOfMatching(new URLSearchParams(which))} className="link ps-1">
          {t('dashboard.more', { more: total - hosts.length })}
        </Link>
      )}
    </span>
  );
}
