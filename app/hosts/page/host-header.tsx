import { useTranslation } from 'react-i18next';
import { HealthLine } from '../../health/health-line';
import { Notice } from '../../ui/notice';
import { DangerousHostAct } from './dangerous-host-act';
import { DecideButtons } from '../decide-buttons';
import { HostState } from '../host-state';
import { ReportedName } from './reported-name';
import { isWaiting, type HostRow } from '../host-types';

interface Props {
  host: HostRow;
  /** Somebody deleted it while the page was open. */
  isGone: boolean;
  onDeleted: () => void;
}

/** Which host, in which state since when, and what can be done with it now. */
export function HostHeader({ host, isGone, onDeleted }: Props) {
  const { t } = useTranslation();
  const isApproved = host.state === 'up' || host.state === 'down' || host.state === 'never';
  return (
    <header className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-20 font-semibold wrap-anywhere">
            <bdi>{host.fqdn}</bdi>
          </h1>
          {isGone ? <p className="text-ink-2">{t('hosts.goneNow')}</p> : <HostState host={host} />}
          {!isGone && host.health && <HealthLine health={host.health} />}
        </div>
        <div className="flex flex-wrap gap-2">
          {!isGone && host.state !== 'conflict' && <DecideButtons host={host} />}
          <DangerousHostAct host={host} act="revoke" isOffered={isApproved && !isGone} />
          <DangerousHostAct host={host} act="delete" isOffered={!isWaiting(host.state) && !isGone} onDone={onDeleted} />
        </div>
      </div>
      {isGone && (
        <Notice title={t('host.gone')}>
          <p>{t('host.goneText')}</p>
        </Notice>
      )}
      {host.reportedFqdn && !isGone && <ReportedName host={host} reportedFqdn={host.reportedFqdn} />}
      {host.state === 'pending' && !isGone && (
        <div className="rounded-4 bg-sunken px-4 py-3">
          <p className="mono text-16">{host.fingerprintWords}</p>
          <p className="pt-1 text-12 text-ink-2">{t('waiting.compare')}</p>
        </div>
      )}
    </header>
  );
}
