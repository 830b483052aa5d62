import { data, redirect } from '@remix-run/node';
import { expect, test } from 'vitest';
import { errorsFrom, textOf } from './form-errors';

const words = { email: 'form.emailInvalid', password: 'form.passwordShort' } as const;

function refusal(code: string, paths: string[]) {
  const issues = paths.map((path) => ({ path, message: 'for programs' }));
  return data({ code, requestId: 'r1', issues }, { status: 400 });
}

test('issues go beside their fields, in the words of the form', () => {
  const { fields, problem } = errorsFrom(refusal('input.invalid', ['password', 'email']), words);
  expect(fields).toEqual(words);
  expect(problem).toBeNull();
});

test('a field that is not in the form leaves the refusal above it', () => {
  const { fields, problem } = errorsFrom(refusal('input.invalid', ['token', 'constructor']), words);
  expect(fields).toEqual({});
  expect(problem).toMatchObject({ code: 'input.invalid', requestId: 'r1' });
});

test('a refusal without issues stands above the form', () => {
  expect(errorsFrom(refusal('auth.credentials', []), words).problem?.code).toBe('auth.credentials');
});

test('a redirect is not an error of the form', () => {
  expect(() => errorsFrom(redirect('/'), words)).toThrow();
});

test('a file sent in place of a text is an empty text', () => {
  const form = new FormData();
  form.set('email', new File(['x'], 'x'));
  expect(textOf(form, 'email')).toBe('');
  expect(textOf(form, 'absent')).toBe('');
});

test('a refusal that is about one field goes beside it', () => {
  const codes = { 'password.common': { password: 'form.passwordCommon' } } as const;
  expect(errorsFrom(refusal('password.common', []), words, codes)).toEqual({
    fields: { password: 'form.passwordCommon' },
    problem: null,
  });
  expect(errorsFrom(refusal('constructor', []), words, codes).problem?.code).toBe('constructor');
});
