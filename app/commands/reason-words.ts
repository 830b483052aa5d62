import type { TFunction } from 'i18next';
import type words from '../../public/locales/en/translation.json';

type Reason = keyof (typeof words)['command']['reason'];

/**
 * Why a run is as it is. A reason of a newer server gives its name.
 * @param detail the rule, where one forbids it: the server's own are called `configuration.…`
 */
export function reasonWords(t: TFunction, reason: string, detail?: string | null): string {
  const isConfigured = reason === 'forbidden_here' && detail?.startsWith('configuration.');
  const known = isConfigured ? 'forbidden_by_configuration' : (reason as Reason);
  return t(`command.reason.${known}`, { defaultValue: reason });
}
