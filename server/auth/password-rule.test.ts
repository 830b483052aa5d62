import { expect, test } from 'vitest';
import { z } from 'zod';
import { newPassword, refuseWeakPassword, typedPassword, typedTwice } from './password-rule';

const email = 'Somebody.Long@Example.com';

test.each([
  'password1234', // in the list
  'PASSWORD1234',
  'dragon!!!2026', // a common one with trimmings
  '2026-letmein-2026',
  'monkeymonkeymonkey',
  'aaaaaaaaaaaaaaaa',
  '121212121212121212',
  '1234567890123', // a run
  'abcdefghijkl',
  'aaaaaaaaaaaab',
  '111111222222',
  '            x',
  'passwordpass', // two in a row
  'sunshineprincess1',
])('%s is common', async (password) => {
  await expect(refuseWeakPassword(password, email)).rejects.toMatchObject({ appCode: 'password.common' });
});

test.each(['somebody.long@example.com', 'SOMEBODY.LONG@EXAMPLE.COM', 'somebody.long'])(
  '%s is the e-mail',
  async (password) => {
    await expect(refuseWeakPassword(password, email)).rejects.toMatchObject({ appCode: 'password.is_email' });
  },
);

test.each([
  'correct horse battery',
  'onlyletterslongenough',
  '739184620583',
  'пароль из нескольких слов',
  '🦔🦔🦊🦊🦡🦡🦉🦉🦌🦌🐻🐻',
])('no rule asks %s for signs, figures or capitals', async (password) => {
  expect(newPassword.safeParse(password).success).toBe(true);
  await expect(refuseWeakPassword(password, email)).resolves.toBeUndefined();
});

test('12 to 256 characters', () => {
  for (const [length, isAllowed] of [
    [11, false],
    [12, true],
    [256, true],
    [257, false],
  ] as const) {
    expect(newPassword.safeParse('x'.repeat(length)).success, String(length)).toBe(isAllowed);
  }
});

test('what looks like one character counts as one, however it is written', () => {
  for (const [text, isAllowed] of [
    ['🦔🦊🦡🦉🦌🐻', false],
    ['e\u0301'.repeat(11), false],
    ['e\u0301'.repeat(12), true],
  ] as const) {
    expect(newPassword.safeParse(text).success, text).toBe(isAllowed);
  }
});

test.each([
  ['🦔', 256],
  ['e\u0301', 256],
  ['\u1F82'.normalize('NFD'), 256],
])('up to 256 of %s, counted as they are hashed, make a password, and one can sign in with it', (character, most) => {
  expect(newPassword.safeParse(character.repeat(most)).success).toBe(true);
  expect(typedPassword.safeParse(character.repeat(most)).success).toBe(true);
  expect(newPassword.safeParse(character.repeat(most + 1)).success).toBe(false);
});

test('typed twice, all that is wrong is told at once', () => {
  const form = typedTwice({ email: z.email(), password: newPassword });
  const wrong = (input: unknown) => form.safeParse(input).error?.issues.map(({ path }) => path.join());
  expect(wrong({ email: 'no e-mail', password: 'short', repeat: 'shorter' })).toEqual(['email', 'password', 'repeat']);
  expect(wrong({ email, password: 'correct horse battery', repeat: 'correct horse' })).toEqual(['repeat']);
  expect(wrong({ email, password: 'correct horse battery' }), 'nobody asked twice').toBeUndefined();
  expect(wrong(null)).toEqual(['']);
});
