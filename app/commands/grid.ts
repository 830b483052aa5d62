import type { CommandRow, RunState, Square } from './command-types';

/** So many squares at a time: more are no picture, and the next page has them. */
export const MOST_SQUARES = 2000;

/** What comes before all else in the grid, in the order of the server. */
const FIRST = [
  ['failed', 'timed_out', 'unknown'],
  ['rejected', 'expired', 'cancelled'],
] as const satisfies RunState[][];

const rankOf = (state: RunState) => {
  const rank = FIRST.findIndex((states) => states.some((one) => one === state));
  return rank < 0 ? FIRST.length : rank;
};

interface Grid {
  /** As they are now. */
  squares: readonly Square[];
  counts: CommandRow['counts'];
  /** The state that is filtered by. */
  chosen: RunState | null;
}

/** Whether there are hosts that the first page would show and does not: in the chosen state, or failures. */
export function isIncomplete({ squares, counts, chosen }: Grid): boolean {
  const shown: readonly (readonly RunState[])[] = chosen ? [[chosen]] : [FIRST[0], FIRST.flat()];
  return shown.some((states) => {
    const drawn = squares.filter(({ state }) => states.includes(state)).length;
    return (
      drawn <
      Math.min(
        MOST_SQUARES,
        states.reduce((sum, state) => sum + counts[state], 0),
      )
    );
  });
}

/** Whether a failure stands behind what is none. */
export const isOutOfOrder = (squares: readonly Square[]): boolean =>
  squares.some(({ state }, at) => at > 0 && rankOf(state) < rankOf(squares[at - 1]!.state));
