import { useTranslation } from 'react-i18next';
import { DangerButton } from '../../forms/danger-button';
import { usePermissions } from '../../permissions';
import type { HostRow } from '../host-types';

interface Props {
  host: HostRow;
  act: 'revoke' | 'delete';
  isOffered: boolean;
  onDone?: () => void;
}

/** Revoke or Delete, for those who may. */
export function DangerousHostAct({ host, act, isOffered, onDone }: Props) {
  const { t } = useTranslation();
  const may = usePermissions();
  const name = { host: host.fqdn };
  return (
    <DangerButton
      label={t(`act.${act}`)}
      verb={t(`act.${act}Host`, name)}
      title={t(`confirm.${act}.title`, name)}
      isOffered={isOffered && may.has(`hosts.${act}`)}
      act={`hosts.${act}`}
      on={{ hostId: host.id }}
      done={t(`done.${act}`, name)}
      onDone={onDone}
    >
      <p>{t(`confirm.${act}.text`)}</p>
      <p className="text-ink-2">{t(`confirm.${act}.back`)}</p>
    </DangerButton>
  );
}
