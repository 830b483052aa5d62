import { createInstance, type i18n, type Resource, type ResourceLanguage } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { RemixI18Next } from 'remix-i18next/server';
import { fallbackLanguage, i18nOptions, languages } from './languages';

// Bundled, so that the server answers without reading a file and an unreadable one fails the build.
const files = import.meta.glob<ResourceLanguage>('../../public/locales/*/translation.json', {
  eager: true,
  import: 'default',
});

const resources: Resource = Object.fromEntries(
  Object.entries(files).map(([path, translation]) => [path.split('/').at(-2)!, { translation }]),
);

const languageOf = new RemixI18Next({
  detection: { supportedLanguages: [...languages], fallbackLanguage, order: ['searchParams', 'header'] },
  i18next: { ...i18nOptions, resources },
});

/**
 * Chooses the language of a request: `?lng=`, then what the signed-in person has chosen, then what the browser asks for.
 *
 * @param chosen theirs; it may be one that this version has no words in
 */
export async function chooseLanguage(request: Request, chosen: string | null): Promise<string> {
  const known = new URL(request.url).searchParams.has('lng') ? undefined : languages.find((one) => one === chosen);
  return known ?? languageOf.getLocale(request);
}

/** An instance per request: two people with two languages render at the same time. */
export async function translator(language: string): Promise<i18n> {
  const instance = createInstance();
  await instance.use(initReactI18next).init({ ...i18nOptions, lng: language, resources });
  return instance;
}
