import { createInstance } from 'i18next';
import { expect, test } from 'vitest';
import translation from '../../public/locales/en/translation.json';
import { actionChoices, actionText, codeText } from './audit-words';

const i18n = createInstance();
// Without a backend it is done when it returns.
void i18n.init({ lng: 'en', resources: { en: { translation } }, interpolation: { escapeValue: false } });

test('what was done and why it was not are said in words, or by their names where there are none', () => {
  expect([actionText(i18n.t, 'host.approve'), codeText(i18n.t, 'auth.locked'), codeText(i18n.t, 'internal')]).toEqual([
    'Approve a host',
    'the account is locked',
    'the server failed',
  ]);
  expect([actionText(i18n.t, 'host.paint'), codeText(i18n.t, 'auth.moon')]).toEqual(['host.paint', 'auth.moon']);
});

test('every action is offered once, in the order of its words', () => {
  const choices = actionChoices(i18n.t, 'en');
  expect(choices).toContainEqual({ value: 'user.signIn', text: 'Sign in' });
  expect(new Set(choices.map(({ text }) => text)).size).toBe(choices.length);
  expect(choices.map(({ text }) => text)).toEqual(
    choices.map(({ text }) => text).sort((a, b) => a.localeCompare(b, 'en')),
  );
});
