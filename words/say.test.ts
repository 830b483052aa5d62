import { expect, test } from 'vitest';
import { inEnglish, sayIn } from './say';
import { saidBy, SaidError } from './said-error';
import { words } from './words';

test('plurals and numbers are those of the language', () => {
  expect(inEnglish(words('server.audit_verify.whole', { count: 1 }))).toBe('The audit log is whole: 1 record.');
  expect(inEnglish(words('server.audit_verify.whole', { count: 12_345 }))).toBe(
    'The audit log is whole: 12,345 records.',
  );
});

test('what is put into a sentence is isolated once, and neither markup nor a template', () => {
  const hostile = '\u202E<b>{{reason}}$t(x)\u2069';
  const inner = words('agent.state.at', { path: hostile, mistake: 'x' });
  expect(inEnglish(words('agent.retry.next', { why: inner, seconds: '1.0' }))).toBe(
    '\u2068\u202E<b>{{reason}}$t(x)\u2069: x; next try in 1.0 s',
  );
});

test('a language is made once, however it is asked for', () => {
  expect(sayIn(['de'])).toBe(sayIn(['tlh', 'de_AT']));
  expect(sayIn(['de'])).not.toBe(sayIn(['fr']));
  expect(sayIn(['xx'])).toBe(inEnglish);
});

test('several stand one after the other', () => {
  expect(inEnglish([words('agent.connection.silent'), 'x'])).toBe('the server fell silent; x');
});

test('an error has its English words for logs, and its words for whoever prints it', () => {
  const said = words('agent.connection.broke');
  const error = new SaidError(said);
  expect(error.message).toBe('the connection broke');
  expect(saidBy(error)).toBe(said);
  expect(saidBy(new Error('EACCES'))).toBe('EACCES');
});

test.each([[[]], [['tlh', 'xx-none', '']], [['en_GB', 'de']]])('asked for %j it speaks English', (asked) => {
  expect(sayIn(asked)(words('agent.connection.broke'))).toBe('the connection broke');
});
