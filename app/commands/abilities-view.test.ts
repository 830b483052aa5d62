import { createInstance } from 'i18next';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { I18nextProvider, initReactI18next } from 'react-i18next';
import { expect, test } from 'vitest';
import ar from '../../public/locales/ar/translation.json';
import de from '../../public/locales/de/translation.json';
import ja from '../../public/locales/ja/translation.json';
import { isolate } from '../../words/isolate';
import { i18nOptions } from '../i18n/languages';
import { AbilitiesView } from './abilities-view';

const words = { ar, de, ja };

test.each([
  ['de', ' und '],
  ['ja', '、'],
  ['ar', ' و'],
] as const)('what a host can is a list as %s has it', async (language, between) => {
  const i18n = createInstance();
  await i18n
    .use(initReactI18next)
    .init({ ...i18nOptions, lng: language, resources: { [language]: { translation: words[language] } } });
  const lock = { forbiddenKinds: [], runAs: null, concurrency: 2, outputBytes: 1024 };
  const abilities = {
    able: ['list_processes', 'reboot_system'],
    unable: [],
    whyNotRunAs: null,
    interpreters: [],
    lock,
  };
  const page = renderToStaticMarkup(
    createElement(I18nextProvider, { i18n }, createElement(AbilitiesView, { abilities: abilities as never })),
  );
  const { kind } = words[language].command;
  expect(page).toContain(isolate(kind.list_processes) + between + isolate(kind.reboot_system));
});
