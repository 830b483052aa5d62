import { useTranslation } from 'react-i18next';
import { useAct } from '../forms/use-act';

type HostAct = 'approve' | 'reject' | 'rotate' | 'keep' | 'dismiss-clone' | 'notes';

/** One act on one host. Says so when it is done. */
export function useHostAct(host: { id: string; fqdn: string }, act: HostAct, onDone?: () => void) {
  const { t } = useTranslation();
  return useAct(`/hosts/${host.id}/${act}`, t(`done.${act}`, { host: host.fqdn }), onDone);
}
