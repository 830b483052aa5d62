import { useState } from 'react';
import { useReloadOnChange } from '../hosts/use-reload-on-change';
import { useLive } from '../live/use-live';
import type { CommandRow } from './command-types';

/** Commands of a list, with their counts as they are now. One that the list does not have yet loads it again. */
export function useLiveCounts(
  loaded: { feed: string; commands: CommandRow[] },
  { news }: { news: boolean },
): CommandRow[] {
  const [heard, setHeard] = useState({ loaded, counts: new Map<string, CommandRow['counts']>() });
  const counts = heard.loaded === loaded ? heard.counts : new Map<string, CommandRow['counts']>();
  useLive('commands', {
    snapshot: loaded,
    news,
    keys: loaded.commands.map(({ id }) => id),
    onChanges: (changes) =>
      setHeard((last) => {
        const next = new Map(last.loaded === loaded ? last.counts : []);
        for (const change of changes) if (change.kind === 'value') next.set(change.key, change.value.counts);
        return { loaded, counts: next };
      }),
  });
  useReloadOnChange([...counts.keys()].some((id) => loaded.commands.every((command) => command.id !== id)));
  return loaded.commands.map((command) => ({ ...command, counts: counts.get(command.id) ?? command.counts }));
}
