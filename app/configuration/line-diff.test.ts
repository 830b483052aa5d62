import { expect, test } from 'vitest';
import { lineDiff } from './line-diff';

const shown = (before: string, after: string) => lineDiff(before, after).map(({ sign, line }) => `${sign}${line}`);

test('says which lines went, which came and which stayed, in order', () => {
  expect(shown('a\nb\nc\n', 'a\nx\nc\nd\n')).toEqual([' a', '-b', '+x', ' c', '+d']);
  expect(shown('', 'a\n')).toEqual(['+a']);
  expect(shown('a\n', '')).toEqual(['-a']);
  expect(shown('a\n', 'a')).toEqual([' a']);
  expect(shown('', '')).toEqual([]);
});

test('a long text is compared whole', () => {
  const long = 'x\n'.repeat(2000);
  expect(shown(long, 'x\n')).toHaveLength(2001);
});
