import type { TFunction } from 'i18next';
import type words from '../../public/locales/en/translation.json';

type Reason = keyof (typeof words)['command']['reason'];

/** Why a run is as it is. A reason of a newer server gives its name. */
export const reasonWords = (t: TFunction, reason: string): string =>
  t(`command.reason.${reason as Reason}`, { defaultValue: reason });
