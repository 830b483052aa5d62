import { useState } from 'react';
import { useLive } from '../live/use-live';
import { useReloadOnChange } from '../hosts/use-reload-on-change';
import type { CommandRow, RunState, Square } from './command-types';

interface Loaded {
  feed: string;
  command: CommandRow;
  squares: Square[];
}

/** A page watches so many keys of a topic. */
const MOST_WATCHED = 200;

/**
 * A command as it is now. Whoever sees all hosts hears of every state as it changes; whoever sees some hears of those of
 * the first two hundred, and their counts are loaded.
 */
export function useLiveCommand(loaded: Loaded): { counts: CommandRow['counts']; squares: Square[] } {
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
  useLive('commandRuns', {
    snapshot: seesAll ? null : loaded,
    keys: loaded.squares.slice(0, MOST_WATCHED).map(({ hostId }) => `${loaded.command.id}.${hostId}`),
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

  return {
    counts: now.counts,
    // The same objects where nothing changed: thousands are drawn.
    squares: loaded.squares.map((square) => {
      const state = now.states.get(square.hostId) ?? square.state;
      return state === square.state ? square : { ...square, state };
    }),
  };
}

interface Heard {
  loaded: Loaded;
  counts: CommandRow['counts'];
  states: ReadonlyMap<string, RunState>;
}

const nothing = (loaded: Loaded): Heard => ({ loaded, counts: loaded.command.counts, states: new Map() });
