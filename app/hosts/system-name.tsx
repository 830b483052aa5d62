import { useTranslation } from 'react-i18next';
import { MachineText } from '../ui/machine-text';
import type { HostRow } from './host-types';

/** The operating system as the machine names it, or at least its family. */
export function SystemName({ host }: { host: Pick<HostRow, 'platform' | 'osName' | 'osVersion'> }) {
  const { t } = useTranslation();
  return (
    <MachineText text={[host.osName || t(`platform.${host.platform}`), host.osVersion].filter(Boolean).join(' ')} />
  );
}
