import type { i18n } from 'i18next';

const COOKIE = 'language';
const A_YEAR = 31_536_000;

/**
 * Shows the page in another language, where it is.
 *
 * @returns whether its words came; else nothing has changed
 */
export async function showIn(i18n: i18n, language: string): Promise<boolean> {
  // What failed once is not asked for again by itself.
  if (!i18n.hasResourceBundle(language, 'translation')) await i18n.reloadResources([language]);
  const isHere = i18n.hasResourceBundle(language, 'translation');
  if (isHere) await i18n.changeLanguage(language);
  return isHere;
}

/**
 * Keeps the language in this browser, for pages before sign-in: `server/http/languages.ts` reads it.
 *
 * @param language null: as the browser asks
 */
export function keepLanguage(language: string | null): void {
  document.cookie = `${COOKIE}=${language ?? ''}; Path=/; Max-Age=${language ? A_YEAR : 0}; SameSite=Lax`;
}
