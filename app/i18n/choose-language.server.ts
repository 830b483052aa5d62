import { RemixI18Next } from 'remix-i18next/server';
import { fallbackLanguage, languages } from './languages';

/**
 * Chooses the language of a request: `?lng=`, then what the signed-in person has chosen, then what the browser asks
 * for.
 *
 * @param known those there are words in
 */
export function languageChooser(known: readonly string[]) {
  const detected = new RemixI18Next({
    detection: { supportedLanguages: [...known], fallbackLanguage, order: ['searchParams', 'header'] },
  });
  /** @param chosen theirs; it may be one that this version has no words in */
  return async (request: Request, chosen: string | null): Promise<string> => {
    const asked = new URL(request.url).searchParams.has('lng');
    return (!asked && known.find((one) => one === chosen)) || detected.getLocale(request);
  };
}

export const chooseLanguage = languageChooser(languages);
