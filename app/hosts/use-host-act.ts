import type { CustomTypeOptions } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { ActPath } from '../forms/act-types';
import { useAct } from '../forms/use-act';

type VerbOf<Path> = Path extends `hosts.${infer Verb}` ? Verb : never;
/** What can be done to one host, as far as there are words for its being done. */
type HostVerb = VerbOf<ActPath> & keyof CustomTypeOptions['resources']['translation']['done'];

/** One act on one host. Says so when it is done. */
export function useHostAct(host: { id: string; fqdn: string }, verb: HostVerb, onDone?: () => void) {
  const { t } = useTranslation();
  return useAct(`hosts.${verb}`, { on: { hostId: host.id }, done: t(`done.${verb}`, { host: host.fqdn }), onDone });
}
