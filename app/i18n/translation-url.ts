declare global {
  interface ImportMetaEnv {
    /** Changes with any translation; `vite.config.ts` computes it. */
    readonly TRANSLATIONS_VERSION: string;
  }
}

/**
 * Where the browser finds the words of a language. The version lets it keep them, and an update still arrives at once.
 */
export function translationUrl(language: string): string {
  return `/locales/${language}/translation.json?v=${import.meta.env.TRANSLATIONS_VERSION}`;
}
