declare global {
  interface ImportMetaEnv {
    /** Changes with any translation; `vite.config.ts` computes it. */
    readonly TRANSLATIONS_VERSION: string;
    /** The languages that lack words which English has; likewise. */
    readonly PARTIAL_LANGUAGES?: readonly string[];
  }
}

/**
 * Where the browser finds the words of a language. The version lets it keep them, and an update still arrives at once.
 */
export function translationUrl(language: string): string {
  return `/locales/${language.replace('-', '_')}/translation.json?v=${import.meta.env.TRANSLATIONS_VERSION}`;
}
