import { useTranslation } from 'react-i18next';
import { CopyableId } from '../../ui/copyable-id';
import { Facts } from '../../ui/facts';
import { Instant, RelativeTime } from '../../ui/figures/relative-time';
import { MachineText } from '../../ui/machine-text';
import { Section } from '../../ui/section';
import { useFigures } from '../../ui/figures/use-figures';
import { HostFleets } from './host-fleets';
import { HostNotes } from './host-notes';
import { HostTags } from './host-tags';
import type { HostDetail } from '../host-types';
import { SystemName } from '../system-name';

/** What people and the machine said of it, and what we know of it. */
export function HostFacts({ host }: { host: HostDetail }) {
  const { t } = useTranslation();
  const { bytes, duration } = useFigures();
  const { hardware } = host;
  return (
    <div className="flex min-w-0 flex-col gap-8">
      <HostNotes host={host} />
      <HostTags host={host} />
      <HostFleets host={host} />
      <Section title={t('host.system')}>
        <Facts
          facts={[
            [t('host.os'), <SystemName key="os" host={host} />],
            [t('host.kernel'), said(host.kernel)],
            [t('host.architecture'), said(host.architecture)],
            [t('host.hardware'), hardware && said(joined(hardware.manufacturer, hardware.model))],
            [
              t('host.virtualisation'),
              hardware && (hardware.virtualisation === 'none' ? t('host.bareMetal') : said(hardware.virtualisation)),
            ],
            [t('host.cpu'), hardware && said(joined(hardware.cpuModel, t('host.cores', { count: hardware.cpuCores })))],
            [t('host.memory'), hardware && bytes(hardware.memoryBytes)],
            [t('host.booted'), host.bootedAt && <RelativeTime at={host.bootedAt} />],
            [
              t('metric.uptime'),
              host.state === 'up' && !host.isSampleStale && host.sample && duration(host.sample.uptimeSeconds),
            ],
            [t('host.agent'), said(host.agentVersion)],
          ]}
        />
      </Section>
      <Section title={t('host.identity')}>
        <Facts
          facts={[
            [t('host.name'), <CopyableId key="name" value={host.fqdn} label={t('host.name')} />],
            [t('host.addresses'), <Addresses key="addresses" addresses={host.addresses} />],
            [t('host.id'), <CopyableId key="id" value={host.id} label={t('host.id')} />],
            [
              t('host.fingerprintWords'),
              <span key="words" className="mono text-12">
                {host.fingerprintWords}
              </span>,
            ],
            [t('host.registered'), <Instant key="registered" at={host.registeredAt} />],
            [
              t('host.registeredFrom'),
              <span key="from" className="mono text-12">
                {host.registeredFrom}
              </span>,
            ],
            [
              t('host.decided'),
              host.decidedAt && (
                <>
                  <Instant at={host.decidedAt} /> {host.decidedBy && t('host.decidedBy', { email: host.decidedBy })}
                </>
              ),
            ],
            [t('host.enrolmentToken'), host.enrolmentToken],
            [t('host.lastSeen'), host.lastSeen && <RelativeTime at={host.lastSeen} />],
          ]}
        />
      </Section>
    </div>
  );
}

const said = (text: string | null) => text && <MachineText text={text} />;

function joined(...parts: string[]): string | null {
  return parts.filter(Boolean).join(' · ') || null;
}

function Addresses({ addresses }: { addresses: string[] }) {
  return (
    <ul className="mono text-12">
      {addresses.map((address) => (
        <li key={address} className="wrap-anywhere">
          {address}
        </li>
      ))}
    </ul>
  );
}
