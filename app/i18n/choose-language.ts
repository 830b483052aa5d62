import type { i18n } from 'i18next';
import { hasWords, loadWords } from './load-words';

const COOKIE = 'language';
const A_YEAR = 31_536_000;

/**
 * Shows the page in another language, where it is.
 *
 * @param isWanted whether it still is to be shown when its words have come
 * @returns whether its words came; else nothing has changed
 */
export async function showIn(i18n: i18n, language: string, isWanted = () => true): Promise<boolean> {
  // Another page may be gone to meanwhile, and needs its own.
  do if (!(await loadWords(i18n, language, window.location.pathname))) return false;
  while (!hasWords(language, window.location.pathname));
  if (isWanted()) await i18n.changeLanguage(language);
  return true;
}

/**
 * Keeps the language in this browser, for pages before sign-in: `server/http/languages.ts` reads it.
 *
 * @param language null: as the browser asks
 */
export function keepLanguage(language: string | null): void {
  document.cookie = `${COOKIE}=${language ?? ''}; Path=/; Max-Age=${language ? A_YEAR : 0}; SameSite=Lax`;
}
