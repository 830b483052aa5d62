import type { InitOptions } from 'i18next';
import { isolate } from './isolate';

/**
 * Every language there is a `public/locales/<code>/translation.json` for. A new language is that file and a line here.
 */
export const languages = ['en'] as const;

export const fallbackLanguage = 'en';

/** What the two ends must agree on, or the page that arrives is not the page that hydrates. */
export const i18nOptions = {
  supportedLngs: [...languages],
  fallbackLng: fallbackLanguage,
  defaultNS: 'translation',
  ns: ['translation'],
  // React escapes markup; doing so here as well would show `&amp;` in a host's name. A direction is not markup.
  interpolation: { escapeValue: true, escape: isolate },
  react: { useSuspense: false },
} satisfies InitOptions;
