import { useTranslation } from 'react-i18next';
import { commandKinds } from './command-types';

/** What a kind of command is called. One that this version does not know gives its name. */
export function useKindWords(): (kind: string) => string {
  const { t } = useTranslation();
  return (kind) => {
    const known = commandKinds.find((one) => one === kind);
    return known ? t(`command.kind.${known}`) : kind;
  };
}
