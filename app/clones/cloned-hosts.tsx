import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { buttonClass } from '../ui/button';
import { MachineName } from '../ui/machine-text';
import { Section } from '../ui/section';
import type { KnownHosts } from '../hosts/apply-live-change';
import type { HostRow } from '../hosts/host-types';

/** Of the hosts a page knows, those that two machines claim to be. */
export const clonedRows = ({ hosts, gone }: KnownHosts): HostRow[] =>
  [...hosts.values()].filter(({ id, isCloneSuspected }) => isCloneSuspected && !gone.has(id));

/** Those wait for a person as well. Nothing at all while there are none. */
export function ClonedHosts({ hosts }: { hosts: HostRow[] }) {
  const { t } = useTranslation();
  if (hosts.length === 0) return null;
  return (
    <Section title={t('clone.waiting')} count={hosts.length}>
      <ul>
        {hosts.map((host) => (
          <li
            key={host.id}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b border-line py-2"
          >
            <Link to={`/hosts/${host.id}`} data-row="" className="min-w-0 font-semibold wrap-anywhere hover:underline">
              <MachineName name={host.fqdn} />
            </Link>
            <Link
              to={`/hosts/${host.id}`}
              className={buttonClass('quiet')}
              aria-label={t('act.compareHost', { host: host.fqdn })}
            >
              {t('act.compare')}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
