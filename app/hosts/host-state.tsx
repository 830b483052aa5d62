import { useTranslation } from 'react-i18next';
import { Elapsed } from '../ui/figures/relative-time';
import { StateSign } from '../ui/state-sign';
import type { HostRow } from './host-types';

/** The state of a host, since when, and why if it is down. */
export function HostState({ host, isStacked = false }: { host: HostRow; isStacked?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className={`flex gap-x-2 ${isStacked ? 'flex-col' : 'flex-wrap items-baseline'}`}>
      <StateSign state={host.state} word={t(`state.${host.state}`)} />
      <span className={`text-12 text-ink-2 ${isStacked ? 'sm:line-clamp-1' : ''}`}>
        <Elapsed since={host.since} />
        {host.reason && host.state === 'down' && <>{`, ${t(`reason.${host.reason}`)}`}</>}
      </span>
    </span>
  );
}
