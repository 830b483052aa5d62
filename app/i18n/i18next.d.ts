import 'i18next';
import type translation from '../../public/locales/en/translation.json';
import type { Placeholders } from './placeholders';

/** A key that is not in the English file does not compile, nor what a text has no place for, or is not given. */
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof translation & Placeholders };
  }
}
