import { useTranslation } from 'react-i18next';
import { useAct } from '../use-act';

/** Approve or Reject. Says so when it is done. */
export function useHostAct(host: { id: string; fqdn: string }, act: 'approve' | 'reject', onDone?: () => void) {
  const { t } = useTranslation();
  return useAct(`/hosts/${host.id}/${act}`, t(`done.${act}`, { host: host.fqdn }), onDone);
}
