import { expect, test } from 'vitest';
import { columnsOf, wrap } from './wrap';

test('a wide character takes two columns, a mark and a direction none', () => {
  expect(columnsOf('ab')).toBe(2);
  expect(columnsOf('登録')).toBe(4);
  expect(columnsOf('e\u0301\u2068')).toBe(1);
});

test('lines end where a word does, and are no longer than asked', () => {
  expect(wrap('one two  three', 8)).toEqual(['one two', 'three']);
  expect(wrap('--a-very-long-option is', 5)).toEqual(['--a-very-long-option', 'is']);
  expect(wrap('', 5)).toEqual(['']);
});

test('Chinese and Japanese break between characters, not before what closes', () => {
  expect(wrap('登録を待つ。agent.yaml', 10)).toEqual(['登録を待', 'つ。', 'agent.yaml']);
  expect(wrap('登録を待つ。', 10)).toEqual(['登録を待', 'つ。']);
});
