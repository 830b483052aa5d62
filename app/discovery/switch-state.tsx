import { useTranslation } from 'react-i18next';
import { usePermissions } from '../permissions';
import { Facts } from '../ui/facts';
import { Instant } from '../ui/figures/relative-time';
import { Section } from '../ui/section';
import type { Discovery } from './discovery-types';
import { SwitchButton } from './switch-button';

/** Whether agents are told where this server is, on which networks, and who has switched it. */
export function SwitchState({ discovery }: { discovery: Discovery }) {
  const { t } = useTranslation();
  const may = usePermissions();
  const { isConfigured, isOn, changedAt, changedBy, interfaces, port, announcementPort } = discovery;
  const isLoopback = interfaces.every((name) => name === 'loopback');
  return (
    <Section title={t('discovery.state.title')}>
      <div className="flex max-w-2xl flex-col gap-3">
        <Facts
          facts={[
            [
              t('discovery.state.now'),
              isConfigured ? t(`discovery.state.${isOn ? 'on' : 'off'}`) : t('discovery.state.configuredOff'),
            ],
            ...(changedAt
              ? [
                  [
                    t('discovery.state.changed'),
                    <span key="changed">
                      <Instant at={changedAt} /> {changedBy && <bdi>{changedBy}</bdi>}
                    </span>,
                  ] satisfies [string, React.ReactNode],
                ]
              : []),
            [t('discovery.state.interfaces'), <bdi key="interfaces">{interfaces.join(', ')}</bdi>],
            [
              t('discovery.state.ports'),
              t('discovery.state.portsText', { port: String(port), announcement: String(announcementPort) }),
            ],
          ]}
        />
        {isConfigured && isOn && isLoopback && (
          <p className="rounded-4 border-s-4 border-pending-edge bg-pending-tint px-3 py-2 text-13">
            {t('discovery.state.loopbackOnly')}
          </p>
        )}
        {isConfigured && may.has('discovery.manage') && (
          <div>
            <SwitchButton isOn={isOn} />
          </div>
        )}
      </div>
    </Section>
  );
}
