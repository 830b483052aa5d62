import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createChallenges } from './challenge';

const HOST = '01890000-0000-7000-8000-000000000001';
const OTHER = '01890000-0000-7000-8000-000000000002';
const HOUR_MS = 60 * 60 * 1000;
const NOW = Date.parse('2026-01-01T00:00:00Z');

const challenges = createChallenges('a secret of the server');

test('what was issued is good for an hour', () => {
  const challenge = challenges.issue(HOST, NOW);
  expect(challenges.check(HOST, challenge, NOW)).toBe('ok');
  expect(challenges.check(HOST, challenge, NOW + HOUR_MS - 1)).toBe('ok');
  expect(challenges.check(HOST, challenge, NOW + HOUR_MS)).toBe('expired');
  // The clock was set back: it is still ours, and still not expired.
  expect(challenges.check(HOST, challenge, NOW - HOUR_MS)).toBe('ok');
});

test('it is one enrolment’s alone', () => {
  expect(challenges.check(OTHER, challenges.issue(HOST, NOW), NOW)).toBe('invalid');
});

test('every process with the secret accepts it, and none with another', () => {
  const challenge = challenges.issue(HOST, NOW);
  expect(createChallenges('a secret of the server').check(HOST, challenge, NOW)).toBe('ok');
  expect(createChallenges('another secret').check(HOST, challenge, NOW)).toBe('invalid');
});

test('nobody prolongs it', () => {
  const [expires, signature] = challenges.issue(HOST, NOW).split('.');
  for (const forged of [`${Number(expires) + 1}`, `${expires}0`, `0${expires}`, ` ${expires}`, 'Infinity', '']) {
    expect(challenges.check(HOST, `${forged}.${signature}`, NOW + 2 * HOUR_MS)).toBe('invalid');
  }
});

test('any other text is invalid, and nothing is thrown', () => {
  const good = challenges.issue(HOST, NOW);
  for (const text of [
    '',
    '.',
    '..',
    good.slice(1),
    good.slice(0, -1),
    `${good}=`,
    `${good}a`,
    good.replace('.', ''),
    good.toUpperCase(),
  ]) {
    expect(challenges.check(HOST, text, NOW)).toBe('invalid');
  }
  fc.assert(
    fc.property(
      fc.string({ maxLength: 200, unit: 'binary' }),
      (text) => challenges.check(HOST, text, NOW) === 'invalid',
    ),
  );
});
