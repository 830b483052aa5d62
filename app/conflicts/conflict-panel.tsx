import { Link } from '@remix-run/react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Comparison, type ComparedFact } from '../ui/comparison';
import { Instant, RelativeTime } from '../ui/figures/relative-time';
import { MachineText } from '../ui/machine-text';
import { Section } from '../ui/section';
import { ConflictActs } from './conflict-acts';
import { DecideButtons } from '../hosts/decide-buttons';
import { HostState } from '../hosts/host-state';
import { isWaiting, type HostDetail, type Namesake } from '../hosts/host-types';
import { SystemName } from '../hosts/system-name';

interface Props {
  newcomer: HostDetail;
  /** The approved one first, if there is one. */
  namesakes: Namesake[];
  /** Nobody has decided yet. */
  isOpen: boolean;
  onReplaced: (knownId: string) => void;
}

/** A machine that shows another key under a known name, beside the one that has the name, and what can be decided. */
export function ConflictPanel({ newcomer, namesakes, isOpen, onReplaced }: Props) {
  const { t } = useTranslation();
  const known = namesakes.find(({ state }) => !isWaiting(state));
  return (
    <Section title={t('conflict.title')}>
      <div className="flex max-w-4xl flex-col gap-4">
        <p className="max-w-prose text-13 text-ink-2">{known ? t('conflict.text') : t('conflict.noKnown')}</p>
        {(known ? [known] : namesakes).map((other) => (
          <NamesakeComparison key={other.id} other={other} newcomer={newcomer} />
        ))}
        {known ? (
          <ConflictActs newcomer={newcomer} known={known} isOffered={isOpen} onReplaced={onReplaced} />
        ) : (
          isOpen && <DecideButtons host={newcomer} />
        )}
      </div>
    </Section>
  );
}

function NamesakeComparison({ other, newcomer }: { other: Namesake; newcomer: HostDetail }) {
  const { t } = useTranslation();
  const fact = (
    name: string,
    show: (host: Namesake | HostDetail) => ReactNode,
    text: (host: Namesake | HostDetail) => string,
  ): ComparedFact => ({ name, values: [show(other), show(newcomer)], differs: text(other) !== text(newcomer) });
  const facts = [
    fact(t('host.fingerprintWords'), words, (host) => host.fingerprintWords),
    fact(
      t('conflict.state'),
      (host) => <HostState host={host} />,
      () => '',
    ),
    fact(
      t('host.addresses'),
      (host) => <Lines lines={host.addresses} />,
      (host) => host.addresses.join(),
    ),
    fact(
      t('conflict.registered'),
      (host) => (
        <>
          <Instant at={host.registeredAt} />
          <span className="block">{t('conflict.from', { address: host.registeredFrom })}</span>
        </>
      ),
      (host) => host.registeredFrom,
    ),
    fact(
      t('conflict.accepted'),
      (host) => host.decidedAt && <Instant at={host.decidedAt} />,
      () => '',
    ),
    fact(
      t('host.os'),
      (host) => <SystemName host={host} />,
      (host) => `${host.osName} ${host.osVersion}`,
    ),
    fact(
      t('host.agent'),
      (host) => <MachineText text={host.agentVersion} />,
      (host) => host.agentVersion,
    ),
    fact(
      t('host.lastSeen'),
      (host) => host.lastSeen && <RelativeTime at={host.lastSeen} />,
      () => '',
    ),
  ];
  return (
    <Comparison
      label={t('conflict.table')}
      fact={t('conflict.fact')}
      differs={t('conflict.differs')}
      columns={[
        <Link key="other" to={`/hosts/${other.id}`} className="link">
          {isWaiting(other.state) ? t('conflict.waiting') : t('conflict.known')}
        </Link>,
        t('conflict.newcomer'),
      ]}
      facts={facts}
    />
  );
}

const words = ({ fingerprintWords }: { fingerprintWords: string }) => <span className="mono">{fingerprintWords}</span>;

export function Lines({ lines }: { lines: string[] }) {
  return (
    <ul className="mono text-12">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
