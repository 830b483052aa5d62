import { data, redirect } from '@remix-run/node';
import { createInstance } from 'i18next';
import { describe, expect, test } from 'vitest';
import translation from '../../public/locales/en/translation.json';
import { asProblem, problemText } from './problem';

test('a refusal becomes a problem with its status and its issues', () => {
  const thrown = data(
    { code: 'input.invalid', requestId: 'r1', issues: [{ path: 'email', message: 'wrong' }] },
    { status: 400 },
  );
  expect(asProblem(thrown)).toEqual({
    code: 'input.invalid',
    requestId: 'r1',
    status: 400,
    issues: [{ path: 'email', message: 'wrong' }],
    retryAfterSeconds: null,
  });
});

test('a redirect is thrown on, so that a lapsed session still leads to sign-in', () => {
  const thrown = redirect('/sign-in');
  expect(() => asProblem(thrown)).toThrow();
  try {
    asProblem(thrown);
  } catch (error) {
    expect(error).toBe(thrown);
  }
});

test('a mistake of ours is thrown on and never shown as a refusal', () => {
  expect(() => asProblem(new TypeError('x is undefined'))).toThrow(TypeError);
});

describe('the sentence for a refusal', () => {
  const i18n = createInstance();
  // Without a backend it is done when it returns.
  void i18n.init({ lng: 'en', resources: { en: { translation } }, interpolation: { escapeValue: false } });
  const say = (code: string, retryAfterSeconds: number | null) =>
    problemText(i18n.t, { code, requestId: null, status: 400, issues: [], retryAfterSeconds }, 'en');

  test.each(['auth.locked', 'auth.too_many'])('%s says for how long', (code) => {
    expect(say(code, 90)).toContain('Try again in 90 seconds');
    expect(say(code, 91)).toContain('Try again in 2 minutes');
  });

  test.each(['auth.locked', 'auth.too_many'])('%s names no time that nobody knows', (code) => {
    expect(say(code, null)).toContain('Try again later');
    expect(say(code, null)).not.toMatch(/\d|\{/);
  });

  test('a code without words gives its name', () => {
    expect(say('nobody.knows', null)).toBe('The server refused: nobody.knows.');
  });
});
