import { createInstance } from 'i18next';
import { expect, test } from 'vitest';
import de from '../../public/locales/de/translation.json';
import en from '../../public/locales/en/translation.json';
import { i18nOptions } from './languages';

const say = (language: string) => {
  const i18n = createInstance();
  // Without a backend it is done when it returns.
  void i18n.init({ ...i18nOptions, lng: language, resources: { en: { translation: en }, de: { translation: de } } });
  return i18n.t;
};

test.each([
  ['en', '12,345 hosts'],
  ['de', '12.345 Hosts'],
])('in %s an amount is written as its people write it', (language, text) => {
  expect(say(language)('command.to', { count: 12_345 })).toBe(text);
  expect(say(language)('command.to', { count: 1 })).toMatch(/^1 Host/i);
});

test('what is a name, given as a text, stays: a port, a line, a version', () => {
  const t = say('de');
  expect(t('certificates.listener.agents', { port: '16443' })).toContain('16443');
  expect(t('configuration.version', { version: '1234' })).toContain('1234');
});
