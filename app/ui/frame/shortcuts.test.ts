import { expect, test } from 'vitest';
import { matchShortcut } from './shortcuts';

const shortcuts = ['g d', 'g h', '/', 'j'];

function type(...keys: string[]) {
  let pending = '';
  const completed: string[] = [];
  for (const key of keys) {
    const match = matchShortcut(shortcuts, pending, key);
    pending = match.pending;
    if (match.completed) completed.push(match.completed);
  }
  return { completed, pending };
}

test.each([
  [['/'], ['/']],
  [['g', 'h'], ['g h']],
  [['g', 'j'], ['j']],
  [['g', 'g', 'h'], ['g h']],
  [['h'], []],
  [['g', 'x', 'h'], []],
  [
    ['j', 'j'],
    ['j', 'j'],
  ],
])('%j does %j', (keys, completed) => {
  expect(type(...keys).completed).toEqual(completed);
});

test('a beginning waits for its end', () => {
  expect(type('g')).toEqual({ completed: [], pending: 'g' });
});
