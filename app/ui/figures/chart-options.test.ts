import { expect, test } from 'vitest';
import { lonePoints } from './chart-options';

test.each([
  [[5], [0]],
  [[null, 5], [1]],
  [[1, 2, null, 3, null, 4, 5], [3]],
  [[1, 2, 3], []],
  [[null, null], []],
  [[], []],
])('of %j the points %j stand alone', (values, lone) => {
  expect(lonePoints(values)).toEqual(lone);
});
