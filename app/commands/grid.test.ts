import { expect, test } from 'vitest';
import { type CommandRow, runStates, type RunState, type Square } from './command-types';
import { isIncomplete, isOutOfOrder, MOST_SQUARES } from './grid';

const countsOf = (some: Partial<CommandRow['counts']>) =>
  ({ ...Object.fromEntries(runStates.map((state) => [state, 0])), ...some }) as CommandRow['counts'];
const squaresOf = (some: Partial<Record<RunState, number>>): Square[] =>
  Object.entries(some).flatMap(([state, count]) =>
    Array.from({ length: count }, (_, i) => ({
      ...{ hostId: `${state} ${i}`, fqdn: `${state}-${i}`, state: state as RunState },
    })),
  );

test.each<[string, Partial<CommandRow['counts']>, Partial<Record<RunState, number>>, RunState | null, boolean]>([
  ['all are drawn', { failed: 1, running: 2 }, { failed: 1, running: 2 }, null, false],
  ['another one has come into the chosen state', { failed: 37, running: 2 }, { failed: 1 }, 'failed', true],
  ['one has left it', { failed: 1, running: 0 }, {}, 'running', false],
  ['the chosen state fills a page', { failed: 8000 }, { failed: MOST_SQUARES }, 'failed', false],
  ['one that is not drawn has failed', { timed_out: 1, running: 2500 }, { running: MOST_SQUARES }, null, true],
  [
    'one that is not drawn was refused',
    { failed: 1, rejected: 1, queued: 2500 },
    { failed: 1, queued: 1999 },
    null,
    true,
  ],
  ['one that is not drawn has succeeded', { succeeded: 1, running: 2500 }, { running: MOST_SQUARES }, null, false],
  ['failures fill a page', { failed: 2500, rejected: 3 }, { failed: MOST_SQUARES }, null, false],
])('a grid is to be loaded again or not when %s', (_when, counts, drawn, chosen, expected) => {
  expect(isIncomplete({ squares: squaresOf(drawn), counts: countsOf(counts), chosen })).toBe(expected);
});

test('failures come first, and among all else there is no order to keep', () => {
  expect(isOutOfOrder(squaresOf({ failed: 1, unknown: 1, rejected: 1, succeeded: 1, running: 1 }))).toBe(false);
  expect(isOutOfOrder(squaresOf({ running: 2, failed: 1 }))).toBe(true);
  expect(isOutOfOrder(squaresOf({ rejected: 1, failed: 1 }))).toBe(true);
});
