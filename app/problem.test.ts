import { data, redirect } from '@remix-run/node';
import { expect, test } from 'vitest';
import { asProblem } from './problem';

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
