import { expect, test } from 'vitest';
import { divide } from './run-suites.mjs';

test('what keeps one processor busy runs beside its like, and nothing beside what keeps all of them busy', () => {
  const single = { command: ['eslint'], isSingle: true };
  const wide = { command: ['vitest'] };
  expect(divide({ lint: single, types: single, build: single, unit: wide, e2e: wide, last: single })).toEqual([
    ['lint', 'types', 'build'],
    ['unit'],
    ['e2e'],
    ['last'],
  ]);
});
