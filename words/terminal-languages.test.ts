import { expect, test } from 'vitest';
import { terminalLanguages } from './terminal-languages';

test.each([
  [{}, []],
  [{ LANG: 'de_DE.UTF-8' }, ['de_DE']],
  [{ LANG: 'de_DE.UTF-8', LC_MESSAGES: 'fr_FR@euro' }, ['fr_FR']],
  [{ LANG: 'de_DE.UTF-8', LC_MESSAGES: 'fr_FR', LC_ALL: 'pt_BR.UTF-8' }, ['pt_BR']],
  [{ LANG: 'de_DE.UTF-8', LC_ALL: '' }, ['de_DE']],
  [{ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, []],
  [{ LANG: 'C.UTF-8', LANGUAGE: 'de' }, []],
  [{ LANG: 'POSIX' }, []],
  [{ LANGUAGE: 'de' }, []],
  [{ LANG: 'de_DE.UTF-8', LANGUAGE: 'sv:pt_BR:C' }, ['sv', 'pt_BR', 'en', 'de_DE']],
])('%j: %j', (env, expected) => expect(terminalLanguages(env, 'linux')).toEqual(expected));

test('Windows is asked where no variable says', () => {
  const { locale } = Intl.DateTimeFormat().resolvedOptions();
  expect(terminalLanguages({}, 'win32')).toEqual([locale]);
  expect(terminalLanguages({ LC_ALL: 'C' }, 'win32')).toEqual([]);
});
