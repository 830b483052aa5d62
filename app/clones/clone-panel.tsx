import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Comparison, type ComparedFact } from '../ui/comparison';
import { Elapsed, Instant } from '../ui/figures/relative-time';
import { MachineText } from '../ui/machine-text';
import { Section } from '../ui/section';
import { CloneActs } from './clone-acts';
import { Lines } from '../conflicts/conflict-panel';
import type { Clone, HostDetail } from '../hosts/host-types';

type Side = Clone['first'];

const said = (text: (side: Side) => string | undefined) =>
  function Said(side: Side) {
    const value = text(side);
    return value && <MachineText text={value} />;
  };

/** Two machines that show one certificate, beside each other, and what can be decided. */
export function ClonePanel({ host, clone }: { host: HostDetail; clone: Clone }) {
  const { t } = useTranslation();
  const { first, second } = clone;
  const fact = (
    name: string,
    text: (side: Side) => string | undefined,
    show: (side: Side) => ReactNode = said(text),
  ): ComparedFact => ({ name, values: [show(first), show(second)], differs: text(first) !== text(second) });
  const machine = ({ said }: Side) =>
    said && [said.hardware.manufacturer, said.hardware.model].filter(Boolean).join(', ');
  const instant = (at: string | undefined) => at && <Instant at={at} />;
  const facts = [
    fact(
      t('clone.connected'),
      ({ isConnected }) => String(isConnected),
      ({ isConnected, connectedAt }) => (isConnected ? <Elapsed since={connectedAt} /> : t('clone.gone')),
    ),
    fact(
      t('clone.address'),
      ({ address }) => address,
      ({ address }) => <span className="mono text-12">{address}</span>,
    ),
    fact(
      t('host.addresses'),
      ({ said }) => said?.addresses.join(),
      ({ said }) => said && <Lines lines={said.addresses} />,
    ),
    fact(t('host.name'), ({ said }) => said?.fqdn),
    fact(
      t('host.booted'),
      ({ said }) => said?.bootedAt,
      ({ said }) => instant(said?.bootedAt),
    ),
    fact(t('host.hardware'), machine),
    fact(t('host.virtualisation'), ({ said }) => said?.hardware.virtualisation),
    fact(t('host.os'), ({ said }) => said && `${said.osName} ${said.osVersion}`),
    fact(t('host.kernel'), ({ said }) => said?.kernel),
    fact(t('host.agent'), ({ said }) => said?.agentVersion),
  ];
  return (
    <Section title={t('clone.title')}>
      <div className="flex max-w-4xl flex-col gap-4">
        <p className="max-w-prose text-13 text-ink-2">{t('clone.text')}</p>
        <Comparison
          label={t('clone.table')}
          fact={t('conflict.fact')}
          differs={t('conflict.differs')}
          columns={[t('clone.first', { host: host.fqdn }), t('clone.second')]}
          facts={facts}
        />
        {clone.others > 0 && <p className="text-13">{t('clone.others', { count: clone.others })}</p>}
        <CloneActs host={host} clone={clone} />
      </div>
    </Section>
  );
}
