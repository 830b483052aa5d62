import { useState } from 'react';
import { useLive } from '../live/use-live';
import { useReloadOnChange } from '../hosts/use-reload-on-change';
import { type CommandRow, openOf, type RunState, type Square } from './command-types';
import { isIncomplete, isOutOfOrder } from './grid';

interface Loaded {
  feed: string;
  command: CommandRow;
  squares: Square[];
}

/** A page watches so many keys of a topic. */
const MOST_WATCHED = 200;

/** How long a grid that is in another order gathers what else has failed. */
const SORT_MS = 2_000;

/** Of runs that may still change those that will first. */
const NEXT = ['running', 'received', 'sent', 'queued'] as const satisfies RunState[];

/** What of a command the page shows. */
interface Shown {
  state: RunState | null;
  /** The squares are the first ones of the state: what comes into it belongs to them. */
  isFirst: boolean;
  /** Nothing is to move under a pointer or the focus. */
  isHeld: boolean;
}

/**
 * A command as it is now. Whoever sees all hosts hears of every state as it changes; whoever sees some hears of those
 * of two hundred that are not over, and loads what becomes of the others now and then.
 */
export function useLiveCommand(
  loaded: Loaded,
  { state: chosen, isFirst, isHeld }: Shown,
): { counts: CommandRow['counts']; squares: Square[] } {
  const seesAll = loaded.command.targets !== null;
  const [heard, setHeard] = useState(() => nothing(loaded));
  const now = heard.loaded === loaded ? heard : nothing(loaded);
  const change = (next: (before: Heard) => Partial<Heard>) =>
    setHeard((last) => {
      const before = last.loaded === loaded ? last : nothing(loaded);
      return { ...before, ...next(before) };
    });

  useLive('commands', {
    snapshot: seesAll ? loaded : null,
    keys: [loaded.command.id],
    onChanges: (changes) =>
      change(({ counts }) => ({
        counts: changes.reduce((last, one) => (one.kind === 'value' ? one.value.counts : last), counts),
      })),
  });
  useLive('commandStates', {
    snapshot: seesAll ? loaded : null,
    keys: [loaded.command.id],
    onChanges: (changes) =>
      change(({ states }) => {
        const next = new Map(states);
        for (const one of changes) {
          const said = one.kind === 'value' ? one.value : one.kind === 'patch' ? one.patch : {};
          for (const [hostId, state] of Object.entries(said)) if (state) next.set(hostId, state);
        }
        return { states: next };
      }),
  });
  const watched = NEXT.flatMap((next) => loaded.squares.filter(({ state }) => state === next)).slice(0, MOST_WATCHED);
  useLive('commandRuns', {
    snapshot: seesAll ? null : loaded,
    keys: watched.map(({ hostId }) => `${loaded.command.id}.${hostId}`),
    onChanges: (changes) =>
      change(({ states }) => {
        const next = new Map(states);
        for (const one of changes) if (one.kind === 'value') next.set(one.value.hostId, one.value.state);
        return { states: next };
      }),
  });
  useReloadOnChange(
    !seesAll && loaded.squares.some(({ hostId, state }) => (now.states.get(hostId) ?? state) !== state),
  );
  useReloadOnChange(!seesAll && openOf(now.counts) > watched.length);

  const squares = loaded.squares
    // The same objects where nothing changed: thousands are drawn.
    .map((square) => {
      const state = now.states.get(square.hostId) ?? square.state;
      return state === square.state ? square : { ...square, state };
    })
    .filter(({ state }) => !chosen || state === chosen);
  useReloadOnChange(isFirst && isIncomplete({ squares, counts: now.counts, chosen }));
  useReloadOnChange(isFirst && !isHeld && isOutOfOrder(squares), SORT_MS);
  return { counts: now.counts, squares };
}

interface Heard {
  loaded: Loaded;
  counts: CommandRow['counts'];
  states: ReadonlyMap<string, RunState>;
}

const nothing = (loaded: Loaded): Heard => ({ loaded, counts: loaded.command.counts, states: new Map() });
