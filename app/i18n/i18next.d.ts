import 'i18next';
import type translation from '../../public/locales/en/translation.json';

/** A key that is not in the English file does not compile. */
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof translation };
  }
}
