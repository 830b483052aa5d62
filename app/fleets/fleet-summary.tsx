import { Link } from '@remix-run/react';
import { useTranslation } from 'react-i18next';
import { healthStates, hostStates, platforms } from '../hosts/host-types';
import { Facts } from '../ui/facts';
import { useList } from '../ui/figures/use-list';
import { Section } from '../ui/section';
import { StateSign } from '../ui/state-sign';
import type { Fleet } from './fleet-types';

/** How the hosts of a fleet divide: state and health, each a link to those hosts, platforms and versions. */
export function FleetSummary({ fleet }: { fleet: Fleet }) {
  const { t, i18n } = useTranslation();
  const list = useList();
  const figure = (n: number) => n.toLocaleString(i18n.language);
  const divided = ({ shown, others }: Fleet['systems']) => [
    ...shown.map(({ name, hosts }) => `${name} (${figure(hosts)})`),
    ...(others > 0 ? [t('fleet.otherVersions', { figure: others })] : []),
  ];
  return (
    <div className="flex flex-col gap-4">
      <nav aria-label={t('fleet.states')} className="flex flex-wrap gap-x-4 gap-y-1 text-13">
        {hostStates
          .filter((state) => fleet.states[state] > 0)
          .map((state) => (
            <Link key={state} to={`/hosts?fleet=${fleet.id}&state=${state}`} className="flex gap-2 hover:underline">
              <StateSign state={state} word={t(`state.${state}`)} />
              <span className="text-ink-2">{figure(fleet.states[state])}</span>
            </Link>
          ))}
        {healthStates
          .filter((state) => fleet.health[state] > 0)
          .map((state) => (
            <Link key={state} to={`/hosts?fleet=${fleet.id}&health=${state}`} className="flex gap-2 hover:underline">
              <StateSign state={state} word={t(`health.state.${state}`)} />
              <span className="text-ink-2">{figure(fleet.health[state])}</span>
            </Link>
          ))}
      </nav>
      {fleet.hosts > 0 && (
        <Section title={t('fleet.platforms')}>
          <Facts
            facts={[
              [
                t('hosts.platform'),
                list(
                  platforms.flatMap((platform) => {
                    const counted = fleet.platforms.find(({ name }) => name === platform);
                    return counted ? [`${t(`platform.${platform}`)} (${figure(counted.hosts)})`] : [];
                  }),
                ),
              ],
              [t('hosts.column.system'), list(divided(fleet.systems))],
              [t('hosts.column.agent'), list(divided(fleet.agents))],
            ]}
          />
        </Section>
      )}
    </div>
  );
}
