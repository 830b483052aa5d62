import { expect, test } from 'vitest';
import { readAnsi } from './ansi';

const esc = '\x1b[';

test('colours and bold become looks, and whatever else a terminal would act on is gone', () => {
  expect(readAnsi(`plain ${esc}1;31mbad${esc}0m ${esc}92mgood${esc}39m\r\nend`)).toEqual([
    { text: 'plain ', className: '' },
    { text: 'bad', className: 'text-down font-semibold' },
    { text: ' ', className: '' },
    { text: 'good', className: 'text-up' },
    { text: '\nend', className: '' },
  ]);
  expect(readAnsi(`a${esc}2J${esc}10;20Hb\x1b]0;title\x07c\x1b(Bd\x07\x00e`)).toEqual([
    { text: 'abcde', className: '' },
  ]);
});

test('the number of a colour is no code', () => {
  expect(readAnsi(`${esc}38;5;31mx${esc}38;2;31;32;33my`)).toEqual([{ text: 'xy', className: '' }]);
});

test('half a sequence at the end is no text', () => {
  expect(readAnsi(`a\x1b]0;never ends`)).toEqual([{ text: 'a', className: '' }]);
  expect(
    readAnsi(`a${esc}31`)
      .map(({ text }) => text)
      .join(''),
  ).not.toContain('\x1b');
});
