import { expect, test } from 'vitest';
import { steadyRows } from './steady-rows';

const rows = (...ids: string[]) => ids.map((id) => ({ id }));
const shown = (...ids: string[]) => steadyRows([], rows(...ids), false);
const ids = (steady: ReturnType<typeof shown>) => steady.map(({ row, hasLeft }) => (hasLeft ? `(${row.id})` : row.id));

test('a list that nobody is at takes the new order', () => {
  expect(ids(steadyRows(shown('a', 'b'), rows('c', 'b'), false))).toEqual(['c', 'b']);
});

test('a row that leaves under the pointer keeps its place, so that the next row does not come under it', () => {
  expect(ids(steadyRows(shown('a', 'b'), rows('b'), true))).toEqual(['(a)', 'b']);
});

test('new rows come last while the list is held, whatever their order', () => {
  expect(ids(steadyRows(shown('b', 'c'), rows('a', 'b', 'c'), true))).toEqual(['b', 'c', 'a']);
});

test('a row that left and came back is whole again', () => {
  const held = steadyRows(shown('a', 'b'), rows('b'), true);
  expect(ids(steadyRows(held, rows('b', 'a'), true))).toEqual(['a', 'b']);
});

test('what left is shown as it is known now, not as it was when it left', () => {
  const shownStates = steadyRows([], [{ id: 'a', state: 'pending' }], false);
  expect(steadyRows(shownStates, [], true, new Map([['a', { id: 'a', state: 'up' }]]))).toEqual([
    { row: { id: 'a', state: 'up' }, hasLeft: true },
  ]);
});

test('once let go, what left is gone', () => {
  const held = steadyRows(shown('a', 'b'), rows('b'), true);
  expect(ids(steadyRows(held, rows('b'), false))).toEqual(['b']);
});
