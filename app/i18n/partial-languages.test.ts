import { createInstance } from 'i18next';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { i18nOptions } from './languages';
import { wordFilesOf } from './word-files';

const env = import.meta.env as unknown as Record<string, unknown>;

// As the build finds them: tools/word-files.ts, and `partialLanguages` of vite.config.ts.
beforeEach(() => {
  env['PARTIAL_LANGUAGES'] = ['de'];
  env['WORD_VERSIONS'] = { every: '1', people: '2' };
});
afterEach(() => {
  delete env['PARTIAL_LANGUAGES'];
  delete env['WORD_VERSIONS'];
});

test('what a language lacks is said in English, text by text', () => {
  const i18n = createInstance();
  // Without a backend it is done when it returns.
  void i18n.init({
    ...i18nOptions,
    lng: 'de',
    resources: {
      en: { translation: { act: { save: 'Save', back: 'Back' } } },
      de: { translation: { act: { save: 'Speichern' } } },
    },
  });
  expect([i18n.t('act.save'), i18n.t('act.back')]).toEqual(['Speichern', 'Back']);
});

test('a page in such a language loads the English words, too, and in another it does not', () => {
  const loaded = (language: string) => wordFilesOf(language, '/users').map(({ url }) => url.replace(/-.*/, ''));
  expect(loaded('de')).toEqual([
    ...['/locales/de/every', '/locales/de/people'],
    ...['/locales/en/every', '/locales/en/people'],
  ]);
  expect(loaded('fr')).toEqual(['/locales/fr/every', '/locales/fr/people']);
});
