import { createInstance } from 'i18next';
import { expect, test } from 'vitest';
import { isolate } from '../../words/isolate';
import { i18nOptions } from './languages';

test('a text without a direction stays as it is', () => {
  for (const text of ['', 'web-01.example.com', 'Größe & <b>', '日本語']) expect(isolate(text)).toBe(text);
});

test('an override ends where the text ends', () => {
  expect(isolate('\u202Egnp.exe')).toBe('\u2068\u202Egnp.exe\u2069');
  expect(isolate('שלום')).toBe('\u2068שלום\u2069');
});

test('a text cannot close the isolate that it is put into', () => {
  expect(isolate('a\u2069\u202Eb')).toBe('\u2068a\u202Eb\u2069');
});

test('whatever is put into a sentence is isolated, and neither markup nor a template', () => {
  const i18n = createInstance();
  // Without a backend it is done when it returns.
  void i18n.init({
    ...i18nOptions,
    lng: 'en',
    resources: { en: { translation: { done: { approve: '{{host}} is approved.' } } } },
  });
  const say = (host: string) => i18n.t('done.approve', { host });
  expect(say('web-01')).toBe('web-01 is approved.');
  expect(say('\u202Eevil')).toBe('\u2068\u202Eevil\u2069 is approved.');
  expect(say('<b>{{count}}&')).toBe('<b>{{count}}& is approved.');
});
